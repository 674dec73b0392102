# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Shared by the tests of real daemons.

needs()
{
	command -v "$1" >/dev/null || skip "$1 is not installed"
}

# page ADDRESS: the page that prepare() has put there.
page()
{
	[ "$(curl -s --max-time 5 "http://$1/")" = 'a page' ]
}
