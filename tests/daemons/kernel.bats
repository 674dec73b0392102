#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Daemons that no preload library reaches, under the kernel table: they are started as they are.
# flavours: setuid
# shellcheck disable=SC2016,SC2034,SC2154,SC2317 # set, used, expanded and called in common.bash

load ../helper
load ../kernel/common
load common

spawn_it=spawn_within launched=no

# loaded PORT...: these are alice's, in the kernel table.
loaded()
{
	ports=("$@")
	table <<-END
		[it]
		ports = ${ports[*]}
		owner = alice
	END
}

@test "caddy, under the table" {
	daemon caddy 2.6 'kernel table' 'caddy run'
	loaded tcp:80
	conf()
	{
		printf ':80 {\n\trespond %s\n}\n' "$1" >Caddyfile
	}
	ask()
	{
		web_word "$1" 127.0.0.1 && web_word "$1" '[::1]'
	}
	reload()
	{
		as alice env HOME="$SCRATCH" caddy reload 2>reload.log
	}
	lives reload
}

@test "webhook, under the table" {
	daemon webhook 2.8 'kernel table' 'webhook -ip [::] -port 80 -hooks hooks.json'
	loaded tcp:80
	conf()
	{
		echo '[{ "id": "word", "execute-command": "/bin/true", "response-message": "'"$1"'" }]' >hooks.json
	}
	ask()
	{
		local address
		for address in 127.0.0.1 '[::1]'; do
			[ "$(curl -gs --max-time "$PATIENCE" "http://$address/hooks/word")" = "$1" ] || return
		done
	}
	lives HUP
}

# dnss has no zones of its own, and asks others over HTTPS. For a name without a dot it asks a server nearby.
dnss_lives()
{
	needs dig dnsmasq
	line+=' -dns_unqualified_upstream 127.0.0.1:5353'
	conf()
	{
		[ ! -s "$SCRATCH/upstream.pid" ] || end upstream
		spawn upstream bob dnsmasq -k -C /dev/null -p 5353 -u bob -g bob -x '' -h -R --txt-record="word,$1"
	}
	ask()
	{
		txt_word "$1" 127.0.0.1 ::1 -- word
	}
	lives again
}

@test "dnss, under the table" {
	daemon dnss 0.0 'kernel table' 'dnss -enable_dns_to_https'
	loaded tcp:53 udp:53
	dnss_lives
}

@test "dnss, which takes sockets, and so needs no table" {
	daemon dnss 0.0 activated 'lowportbind tcp:53 udp:53 -- dnss -dns_listen_addr systemd -enable_dns_to_https'
	spawn_it=spawn launched=yes
	dnss_lives
}
