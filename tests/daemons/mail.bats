#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Mail, chat and proxies.
# flavours: setuid
# shellcheck disable=SC2016,SC2034,SC2154,SC2317 # set, used, expanded and called in common.bash

load ../helper
load common

# greets WORD PORT: over both families.
greets()
{
	local address
	for address in 127.0.0.1 ::1; do
		[[ $(said_at "$address" "$2") == *"$1"* ]] || return
	done
}

# mails: a whole message can be handed in.
mails()
{
	echo hello | curl -s --max-time "$PATIENCE" smtp://127.0.0.1/ --mail-from a@example --mail-rcpt b@example -T -
}

exim_conf()
{
	mkdir -p spool log
	chown alice spool log
	cat >exim.conf <<-END
		primary_hostname = example
		spool_directory = $SCRATCH/spool
		log_file_path = $SCRATCH/log/%slog
		pid_file_path = $SCRATCH/exim.id
		exim_user = alice
		exim_group = alice
		smtp_banner = $1
		queue_only = true
		acl_smtp_rcpt = accept
		keep_environment = LD_PRELOAD : LOWPORT_ADOPT : LOWPORT_ADOPT_SECTIONS
	END
}

@test "exim4 -bd" {
	daemon exim4-daemon-light 4.96 adopted 'lowportbind --adopt tcp:25 -- exim4 -bdf -C $PWD/exim.conf'
	conf()
	{
		exim_conf "$1"
	}
	ask()
	{
		greets "$1" 25 && mails
	}
	lives HUP
}

# bats test_tags=quick
@test "exim4 -bw" {
	daemon exim4-daemon-light 4.96 stdin 'lowportbind --stdin tcp:25 -- exim4 -bw -C $PWD/exim.conf'
	conf()
	{
		exim_conf "$1"
	}
	ask()
	{
		greets "$1" 25 && mails
	}
	lives again
}

@test "dovecot" {
	daemon dovecot-imapd 2.3 adopted 'lowportbind --adopt tcp:143 -- dovecot -F -c $PWD/dovecot.conf'
	conf()
	{
		cat >dovecot.conf <<-END
			protocols = imap
			listen = *, ::
			base_dir = $SCRATCH/run
			state_dir = $SCRATCH/state
			default_internal_user = alice
			default_internal_group = alice
			default_login_user = alice
			log_path = $SCRATCH/dovecot.log
			ssl = no
			login_greeting = $1
			mail_location = maildir:$SCRATCH/mail
			service anvil {
			    chroot =
			}
			service imap-login {
			    chroot =
			    inet_listener imap {
			        port = 143
			    }
			    inet_listener imaps {
			        port = 0
			    }
			}
			passdb {
			    driver = static
			    args = nopassword=y
			}
			userdb {
			    driver = static
			    args = uid=$ALICE gid=$ALICE home=$SCRATCH
			}
		END
	}
	ask()
	{
		greets "$1" 143 && curl -s --max-time "$PATIENCE" imap://me:mine@127.0.0.1/ | grep -q INBOX
	}
	lives HUP
}

# welcomes WORD ADDRESS NAME: it lets somebody in by that name, and says the word.
welcomes()
{
	local said=
	exec {chat}<>"/dev/tcp/$2/667" || return
	printf 'NICK %s\r\nUSER me 0 * :me\r\n' "$3" >&"$chat"
	until [[ $said == *":- $1"* ]]; do
		read -r -t "$PATIENCE" said <&"$chat" || break
	done
	exec {chat}>&-
	[[ $said == *":- $1"* ]]
}

@test "ngircd" {
	daemon ngircd 26 adopted 'lowportbind --adopt tcp:667 -- ngircd -n -f $PWD/ngircd.conf'
	conf()
	{
		cat >ngircd.conf <<-END
			[Global]
			    Name = irc.example
			    AdminInfo1 = $1
			    AdminEMail = irc@example
			    Info = $1
			    Ports = 667
			    Listen = ::,0.0.0.0
			    MotdPhrase = $1
			    ServerUID = alice
			    ServerGID = alice
			[Options]
			    PAM = no
			    Ident = no
			    DNS = no
		END
	}
	ask()
	{
		welcomes "$1" 127.0.0.1 one && welcomes "$1" ::1 other
	}
	lives HUP
}
