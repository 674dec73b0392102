# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2153,SC2154 # what tests/faults/sweep and tests/helper.bash share with it
#
# For tests/faults/sweep: the ownership file, and how it changes while a start reads it.

# stage: what be() can make of the ownership file and of the directory of drop-ins.
stage()
{
	local owner name
	mkdir "$STAGE"
	for name in grant:owner:$OWNER deny:users:bob others:owner:bob; do
		IFS=: read -r name owner who <<<"$name"
		printf '[dns]\nports = tcp:53\n%s = %s\n' "$owner" "$who" >"$STAGE/$name"
	done
	{ cat "$STAGE/grant"; echo 'handoff = stdin'; } >"$STAGE/stdin"
	cp "$STAGE/grant" "$STAGE/writable"
	chmod 0666 "$STAGE/writable"
	cp "$STAGE/grant" "$STAGE/foreign"
	chown "$OWNER" "$STAGE/foreign"
	ln -s "$STAGE/grant" "$STAGE/link"
	mkdir -m 0755 "$STAGE/folder-empty" "$STAGE/folder-grant"
	mkdir -m 0777 "$STAGE/folder-writable"
	cp "$STAGE/grant" "$STAGE/folder-grant/dns.conf"
	cp "$STAGE/grant" "$STAGE/folder-writable/dns.conf"
	chmod 0777 "$STAGE/folder-writable"
}

# be STATE: a file, written beside and renamed, or written in place; or a directory.
be()
{
	case $1 in
	absent) rm -f "$CONF" ;;
	written-*) cat "$STAGE/${1#*-}" >"$CONF" ;;
	folder-*)
		rm -rf "$DROPIN.next" "$DROPIN.last"
		cp -a "$STAGE/$1" "$DROPIN.next"
		mv "$DROPIN" "$DROPIN.last"
		mv "$DROPIN.next" "$DROPIN" ;;
	*)
		cp -a "$STAGE/$1" "$CONF.next"
		mv "$CONF.next" "$CONF" ;;
	esac
}

# What a start comes to in each state: granted, refused, or the file found broken.
due()
{
	case $1 in
	grant | stdin | written-grant | folder-grant) echo 0 ;;
	others) [ "$2" = root ] && echo 0 || echo 77 ;;
	writable | foreign | link | folder-writable) echo 78 ;;
	*) echo 77 ;;
	esac
}

CHANGES_TO_MAKE='
grant:deny deny:grant grant:absent absent:grant grant:stdin stdin:grant grant:others others:grant
grant:writable deny:writable writable:deny deny:foreign foreign:deny deny:link link:deny
grant:written-deny deny:written-grant
folder-empty:folder-grant folder-grant:folder-empty folder-empty:folder-writable folder-writable:folder-empty'

# from STATE: the file denies where the directory is to decide.
from()
{
	be folder-empty
	be deny
	be "$1"
}

# Goes on with the start when the world has changed; copies the trace.
change_it()
{
	local line
	while IFS= read -r line; do
		printf '%s\n' "$line"
		[[ $line = *'--- stopped by SIGSTOP ---' ]] || continue
		be "$1"
		kill -CONT "${line%% *}"
	done
}

ownership()
{
	rm -rf "$DROPIN"
	mkdir -m 0755 "$DROPIN"
	printf '[dns]\nports = tcp:53 udp:53\nowner = %s\n' "$OWNER" | own
	printf '[www]\nports = tcp:80\nowner = %s\n' "$OWNER" | dropin www.conf
}
