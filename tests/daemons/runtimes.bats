# SPDX-License-Identifier: GPL-2.0-or-later
# Servers in JavaScript, Python, Java and Ruby, with the runtimes as the distribution ships them, on port 80.
# flavours: setuid
# shellcheck disable=SC2016,SC2034,SC2154,SC2317 # set, used, expanded and called in common.bash

load ../helper
load common

prepare()
{
	own <<-'END'
		[www]
		ports = tcp:80
		owner = alice
	END
	ip address replace 192.0.2.1/24 dev lo
	export HOME=$SCRATCH
	cd "$SCRATCH" || return
}

# adopt PROGRAM...: by alice, with port 80, in the background.
adopt()
{
	spawn server alice "$LPB" --adopt tcp:80 -- "$@"
}

page()
{
	[[ "$(curl -gs --max-time "$PATIENCE" "http://$1/")" == 'a page'* ]]
}

# answers_at ADDRESS...: at each of these, and at no other.
answers_at()
{
	local address
	patiently page "$1" || fail "$(cat "$SCRATCH/server.out" "$SCRATCH/server.err")"
	for address in 127.0.0.1 192.0.2.1 '[::1]'; do
		case " $* " in
		*" $address "*) page "$address" || fail "nothing at $address" || return ;;
		*) ! curl -gs --max-time "$PATIENCE" "http://$address/" || fail "it answers at $address" || return ;;
		esac
	done
}

everywhere()
{
	answers_at 127.0.0.1 192.0.2.1 '[::1]'
}

# What the servers say that go through their life as others do (lives in common.bash).
ask()
{
	local address
	for address in 127.0.0.1 192.0.2.1 '[::1]'; do
		web_word "$1" "$address" || return
	done
}

# ---- node ----

node_server()
{
	cat >"$SCRATCH/server.js" <<-END
		require('http').createServer((request, answer) => answer.end(${1-'a page of ' + process.pid}))
			.listen(80, process.argv[2]);
	END
}

# bats test_tags=quick
@test "node: every address, on one dual-stack socket" {
	daemon nodejs 18 adopted 'lowportbind --adopt tcp:80 -- node server.js'
	conf()
	{
		node_server "'$1'"
	}
	lives again
}

@test "node: one address alone" {
	needs node
	node_server
	adopt node server.js 127.0.0.1
	answers_at 127.0.0.1
}

# cluster POLICY COUNT: a primary and two workers. By SCHED_RR the primary accepts, by SCHED_NONE each worker does; it is
# always a worker that answers, which COUNT of them do in the end.
cluster()
{
	cat >"$SCRATCH/cluster.js" <<-END
		const cluster = require('cluster');
		cluster.schedulingPolicy = cluster.$1;
		if (cluster.isPrimary) for (let i = 0; i < 2; i++) cluster.fork();
		else require('./server.js');
	END
	node_server
	adopt node cluster.js
	everywhere
	alices tcp:80
	patiently answering "$2"
	matches "$output" '^a page of [0-9]+$'
	lacks "$output" "^a page of $(pid_of server)\$"
}

# answering COUNT: so many processes answer, or more; they are left in $output. One may still be starting.
answering()
{
	output=$(for _ in {1..16}; do curl -s --max-time "$PATIENCE" http://127.0.0.1/ && echo; done | sort -u)
	[ "$(wc -l <<<"$output")" -ge "$1" ]
}

# bats test_tags=quick
@test "node: a cluster whose primary accepts" {
	needs node
	cluster SCHED_RR 2
	equal "$(wc -l <<<"$output")" 2 "answering processes"
}

@test "node: a cluster whose workers accept" {
	needs node
	cluster SCHED_NONE 1
}

@test "node: a server that is a child of a shell that is a child of node" {
	needs node
	node_server
	cat >"$SCRATCH/parent.js" <<-'END'
		require('child_process').spawn('sh', ['-c', 'node server.js; true'], {stdio: 'inherit'});
	END
	adopt node parent.js
	everywhere
	alices tcp:80
}

# bats test_tags=quick
@test "node: npm start" {
	needs npm
	node_server
	echo '{"name": "server", "version": "1.0.0", "scripts": {"start": "node server.js"}}' >"$SCRATCH/package.json"
	adopt npm start
	everywhere
	alices tcp:80
}

# nodemon ends the server and starts it anew, with a shell in between, as often as a file has changed.
@test "node: npm start, which is nodemon, and a change of the server" {
	needs npm
	[ -e "$builddir/npm/node_modules/nodemon" ] || skip "nodemon is not installed; tools/check-daemons does it"
	cp -r "$builddir/npm/node_modules" "$SCRATCH"
	node_server "'first'"
	echo '{"name": "server", "version": "1.0.0", "scripts": {"start": "nodemon server.js"}}' >"$SCRATCH/package.json"
	ports=(tcp:80)
	spawn it alice "$LPB" --adopt tcp:80 -- npm start
	serves first
	node_server "'second'"
	serves second
	node_server "'third'"
	serves third
}

# ---- Python ----

# bats test_tags=quick
@test "Python: asyncio, which binds both wildcards" {
	daemon python3 3.11 adopted 'lowportbind --adopt tcp:80 -- python3 server.py'
	conf()
	{
		cat >server.py <<-END
			import asyncio

			async def answer(reader, writer):
			    await reader.readuntil(b"\r\n\r\n")
			    writer.write(b"HTTP/1.0 200 OK\r\n\r\n$1")
			    await writer.drain()
			    writer.close()

			async def main():
			    server = await asyncio.start_server(answer, None, 80)
			    await server.serve_forever()

			asyncio.run(main())
		END
	}
	lives again
}

# bats test_tags=quick
@test "Python: a virtual environment, under a parent that closes every descriptor" {
	python3 -c 'import venv, ensurepip' || skip "python3-venv is not installed"
	python3 -m venv --without-pip "$SCRATCH/venv"
	echo 'a page' >"$SCRATCH/index.html"
	cat >"$SCRATCH/parent.py" <<-'END'
		import subprocess, sys

		assert sys.prefix != sys.base_prefix
		subprocess.run([sys.executable, "-m", "http.server", "80"], close_fds=True)
	END
	adopt "$SCRATCH/venv/bin/python" parent.py
	answers_at 127.0.0.1 192.0.2.1
	alices tcp:80
}

# ---- Java ----

# bats test_tags=quick
@test "Java: NIO, every address, on one dual-stack socket" {
	daemon default-jre-headless 1.17 adopted 'lowportbind --adopt tcp:80 -- java -jar rhino.jar server.js'
	conf()
	{
		java_server 'serve(ServerSocketChannel.open().bind(new InetSocketAddress(80)));' "$1"
		ln -sf "$RHINO" .
	}
	lives again
}

@test "Java: ServerSocket, every address" {
	java_server 'serveStream(new ServerSocket(80));'
	adopt "${java[@]}"
	everywhere
}

@test "Java: NIO, one address, which is an IPv6 socket at an IPv4 address" {
	java_server 'serve(ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 80)));'
	adopt "${java[@]}"
	answers_at 127.0.0.1
}

# ---- Ruby ----

puma_app()
{
	needs puma
	cat >"$SCRATCH/config.ru" <<-END
		run ->(env) { [200, {"Content-Type" => "text/plain"}, ["${1-a page}"]] }
	END
}

# At SIGUSR2 it executes itself again.
# bats test_tags=quick
@test "Ruby: puma, adopted" {
	daemon puma 5.6 adopted 'lowportbind --adopt tcp:80 -- puma -b tcp://[::]:80'
	conf()
	{
		puma_app "$1"
	}
	lives USR2
}

# bats test_tags=quick
@test "Ruby: puma with two workers, adopted" {
	puma_app
	adopt puma -w 2 -b 'tcp://[::]:80'
	everywhere
	alices tcp:80
}

@test "Ruby: puma, activated" {
	puma_app
	spawn server alice "$LPB" tcp:80 -- puma -b 'tcp://[::]:80'
	everywhere
	alices tcp:80
}
