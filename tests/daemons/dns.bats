#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Name servers; named.bats has more of BIND.
# flavours: setuid
# shellcheck disable=SC2016,SC2034,SC2154,SC2317 # set, used, expanded and called in common.bash

load ../helper
load common

prepare()
{
	needs dig
}

# zone WORD: a zone that says it.
zone()
{
	cat >example.zone <<-END
		\$TTL 60
		@	SOA	ns admin $(($(cat serial 2>/dev/null) + 1)) 60 60 60 60
		@	NS	ns
		ns	A	192.0.2.1
		word	TXT	$1
	END
	echo 2 >serial
}

# Over both protocols and families.
ask()
{
	txt_word "$1" 127.0.0.1 ::1 -- word.example
}

@test "bind9" {
	daemon bind9 9.18 adopted 'lowportbind --adopt tcp:53 udp:53 -- named -f -c $PWD/named.conf'
	conf()
	{
		zone "$1"
		cat >named.conf <<-END
			options {
				directory "$SCRATCH";
				pid-file none;
				session-keyfile none;
				listen-on-v6 { any; };
				recursion no;
				dnssec-validation no;
			};
			controls { };
			zone "example" { type primary; file "example.zone"; };
		END
	}
	lives HUP
}

# bats test_tags=quick
@test "unbound" {
	daemon unbound 1.17 adopted 'lowportbind --adopt tcp:53 udp:53 -- unbound -d -c unbound.conf'
	conf()
	{
		cat >unbound.conf <<-END
			server:
			    directory: "$SCRATCH"
			    chroot: ""
			    username: ""
			    pidfile: ""
			    use-syslog: no
			    interface: 0.0.0.0
			    interface: ::0
			    local-zone: "example." static
			    local-data: 'word.example. TXT $1'
			remote-control:
			    control-enable: no
		END
	}
	lives HUP
}

# On SIGHUP it reads the files of hosts again, and not its configuration.
@test "dnsmasq" {
	daemon dnsmasq 2.90 adopted 'lowportbind --adopt tcp:53 udp:53 -- dnsmasq -k -C dnsmasq.conf'
	conf()
	{
		cat >dnsmasq.conf <<-END
			user=alice
			group=alice
			pid-file
			no-resolv
			no-hosts
			addn-hosts=$SCRATCH/hosts
		END
		echo "192.0.2.1 $1.example" >hosts
	}
	ask()
	{
		local how
		for how in +notcp +tcp; do
			[ "$(dig "$how" +short +tries=1 +time=1 @::1 -x 192.0.2.1)" = "$1.example." ] || return
		done
	}
	lives HUP
}

@test "nsd" {
	daemon nsd 4.6 adopted 'lowportbind --adopt tcp:53 udp:53 -- nsd -d -c nsd.conf'
	conf()
	{
		zone "$1"
		cat >nsd.conf <<-END
			server:
			    username: ""
			    zonesdir: "$SCRATCH"
			    xfrdir: "$SCRATCH"
			    database: ""
			    zonelistfile: "$SCRATCH/zone.list"
			    xfrdfile: "$SCRATCH/xfrd.state"
			    pidfile: ""
			remote-control:
			    control-enable: no
			zone:
			    name: example
			    zonefile: example.zone
		END
	}
	lives HUP
}

knot_conf()
{
	zone "$1"
	cat >knot.conf <<-END
		server:
		    rundir: "$SCRATCH"
		    listen: [ 0.0.0.0@53, ::@53 ]
		log:
		  - target: stderr
		    any: info
		database:
		    storage: "$SCRATCH"
		template:
		  - id: default
		    storage: "$SCRATCH"
		zone:
		  - domain: example
		    file: example.zone
	END
}

@test "knot" {
	daemon knot 3.2 adopted 'lowportbind --adopt tcp:53 udp:53 -- knotd -c knot.conf'
	conf()
	{
		knot_conf "$1"
	}
	lives HUP
}

# It makes a database of its configuration in /tmp, and sets the mode of its control socket.
@test "knot, confined as the manual says" {
	needs knotd
	line="lowportbind --adopt tcp:53 udp:53 -- lowport-confine --read /usr --read /lib --read /lib64 --read /etc \
--read $PREFIX --write $SCRATCH --write /tmp --syscalls tcp,listen,udp,attributes -- knotd -c knot.conf"
	its_ports
	cd "$SCRATCH"
	conf()
	{
		knot_conf "$1"
	}
	lives HUP
}

# Its threads share each socket, and a replacement of itself takes them over.
@test "gdnsd" {
	daemon gdnsd 3.8 adopted 'lowportbind --adopt tcp:53 udp:53 -- gdnsd -c $PWD start'
	needs dig
	conf()
	{
		mkdir -p zones
		install -d -o alice run state
		printf 'options => { run_dir => "%s/run", state_dir => "%s/state" }\n' "$SCRATCH" "$SCRATCH" >config
		printf '@ 60 SOA ns h %s 60 60 60 60\n@ 60 NS ns\nns 60 A 192.0.2.80\nword 60 TXT "%s"\n' \
			"$SECONDS" "$1" >zones/example
	}
	ask()
	{
		txt_word "$1" 127.0.0.1 ::1 -- word.example
	}
	reload()
	{
		as alice gdnsdctl -c "$SCRATCH" replace 2>replace.log
	}
	main_process()
	{
		pgrep -u alice -x gdnsd
	}
	lives reload
}

kresd_conf()
{
	cat >kresd.conf <<-END
		modules = { 'policy' }
		policy.add(policy.suffix(policy.ANSWER({ [kres.type.TXT] =
		    { rdata = string.char(#'$1') .. '$1', ttl = 60 } }), policy.todnames({'word.example'})))
	END
}

@test "knot-resolver, by number" {
	daemon knot-resolver 5.6 'by number' 'lowportbind tcp:53 udp:53 -- kresd -n -c kresd.conf -S 3 -S 4'
	conf()
	{
		kresd_conf "$1"
	}
	lives again
}

@test "knot-resolver, adopted" {
	daemon knot-resolver 5.6 adopted 'lowportbind --adopt tcp:53 udp:53 -- kresd -n -c kresd.conf'
	conf()
	{
		kresd_conf "$1"
		echo "net.listen({'0.0.0.0', '::'}, 53)" >>kresd.conf
	}
	lives again
}
