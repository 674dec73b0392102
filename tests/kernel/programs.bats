# SPDX-License-Identifier: GPL-2.0-or-later
# flavours: setuid
# Servers as they are, started by ordinary users under the kernel table: no wrapper, no preload library, no privilege.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317 # set, used, expanded and called in tests/daemons/common.bash

load ../helper
load common
load ../daemons/common

spawn_it=spawn_within launched=no

# owned PORT...: by alice, under the table.
owned()
{
	ports=("$@")
	table <<-END
		[it]
		ports = $*
		owner = alice
	END
	cd "$SCRATCH" || return
}

refusal_told()
{
	grep -q "$1" it.out it.err
}

# serves_its_owner_alone PATTERN: somebody else's is refused, as it says itself, and has no port. The owner's says the
# word on each address; what runs is the owner's in every respect, and has no capability.
serves_its_owner_alone()
{
	local port
	start bob
	patiently refusal_told "$1" || told "bob is not told of a refusal" || return
	for port in "${ports[@]}"; do
		port_free "${port%:*}" "${port#*:}" || return
		binds bob EACCES "${port%:*}" 127.0.0.1 "${port#*:}" || return
	done
	end it
	start
	serves word || return
	stop
}

# ask WORD: for what serves pages.
ask()
{
	web_word "$1" 127.0.0.1 && web_word "$1" '[::1]'
}

@test "nginx" {
	needs nginx curl
	owned tcp:80
	line='nginx -c $PWD/nginx.conf -g "daemon off;"'
	cat >nginx.conf <<-END
		pid $SCRATCH/nginx-master.id;
		error_log stderr notice;
		worker_processes 2;
		events {}
		http {
			access_log off;
			$(printf "%s_temp_path $SCRATCH/%s;\n" client_body t1 proxy t2 fastcgi t3 uwsgi t4 scgi t5)
			server { listen 80; listen [::]:80; location / { return 200 word; } }
		}
	END
	serves_its_owner_alone 'bind() to 0.0.0.0:80 failed (13: Permission denied)'
}

@test "a static Go server" {
	needs go curl
	owned tcp:80
	line=./server
	cat >server.go <<-'END'
		package main
		import "net"
		func serve(client net.Conn) {
			client.Read(make([]byte, 4096))
			client.Write([]byte("HTTP/1.0 200 OK\r\n\r\nword"))
			client.Close()
		}
		func main() {
			listener, err := net.Listen("tcp", ":80")
			if err != nil { panic(err) }
			for {
				client, err := listener.Accept()
				if err == nil { go serve(client) }
			}
		}
	END
	# Only the standard library: nothing is fetched.
	env HOME="$SCRATCH" GOCACHE="$SCRATCH/cache" GO111MODULE=off GOPROXY=off CGO_ENABLED=0 go build server.go
	rm -rf cache
	lacks "$(readelf -lW server)" INTERP 'program headers'
	serves_its_owner_alone 'listen tcp :80: bind: permission denied'
}

@test "python3 -m http.server 80" {
	needs python3 curl
	owned tcp:80
	line='python3 -u -m http.server 80'
	printf word >index.html
	# Which family it listens at is for the resolver to say.
	ask()
	{
		web_word "$1" 127.0.0.1 || web_word "$1" '[::1]'
	}
	serves_its_owner_alone 'PermissionError: .Errno 13. Permission denied'
}

@test "a Java server" {
	needs curl
	owned tcp:80
	java_server 'serve(ServerSocketChannel.open().bind(new InetSocketAddress(80)));' word
	line=${java[*]}
	serves_its_owner_alone 'java.net.BindException: Permission denied'
}

@test "BIND, which binds addresses that are added later, without a restart" {
	needs named dig
	owned tcp:53 udp:53
	line='named -g -c $PWD/named.conf'
	cat >named.conf <<-END
		options {
			directory "$SCRATCH";
			pid-file none;
			session-keyfile none;
			listen-on-v6 { any; };
			recursion no;
			dnssec-validation no;
			version "word";
		};
		controls { };
	END
	addresses=(127.0.0.1 ::1)
	ask()
	{
		txt_word "$1" "${addresses[@]}" -- version.bind CH
	}
	serves_its_owner_alone 'creating IPv4 interface lo failed; interface ignored'
	start
	serves word
	before=$(pid_of it)
	ip address add 192.0.2.7/32 dev lo
	ip address add 2001:db8::7/128 dev lo nodad
	addresses+=(192.0.2.7 2001:db8::7)
	serves word
	equal "$(pid_of it)" "$before" "its process"
	stop
}
