# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Sourced by tests/boot/run: a QMP client on a unix socket, one line a message.
# It uses fail and limit of its user.
#
#   qmp_open SOCKET          connect, once QEMU runs
#   qmp COMMAND [ARGUMENTS]  ARGUMENTS is JSON; the answer is in $qmp_reply
#   qmp_monitor "COMMAND"    of the human monitor; what it prints is an error
#   qmp_event NAME           wait for it, unless it came since qmp_open
#   qmp_status STATUS        of a migration, whose events are on: the same

qmp_open() {
	qmp_events=
	coproc QMP { exec socat - "UNIX-CONNECT:$1"; }
	qmp_read
	[[ $qmp_line == *'"QMP"'* ]] || fail "QMP greets with $qmp_line"
	qmp qmp_capabilities
}

qmp_read() {
	IFS= read -r -t "$limit" -u "${QMP[0]}" qmp_line ||
		fail "QMP is silent"
	if [[ $qmp_line == *'"event": '* ]]; then
		qmp_events+=$qmp_line
	fi
}

qmp() {
	printf '{ "execute": "%s", "arguments": %s }\n' "$1" "${2:-{\}}" \
		>&"${QMP[1]}"
	while qmp_read; do
		case $qmp_line in
		*'"event": '*) ;;
		*'"error": '*) fail "QMP $1: $qmp_line" ;;
		*'"return": '*) break ;;
		esac
	done
	# shellcheck disable=SC2034
	qmp_reply=$qmp_line
}

qmp_monitor() {
	qmp human-monitor-command "{ \"command-line\": \"$1\" }"
	[[ $qmp_reply == *'"return": ""'* ]] || fail "$1: $qmp_reply"
}

qmp_event() {
	while [[ $qmp_events != *"\"event\": \"$1\""* ]]; do
		qmp_read
	done
}

qmp_status() {
	until [[ $qmp_events == *"\"status\": \"$1\""* ]]; do
		[[ $qmp_events != *'"status": "failed"'* ]] ||
			fail "$qmp_events"
		qmp_read
	done
}
