# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Sourced: what takes long and leaves a CPU idle, several at a time.
#
#   lanes DO TELL ARG...   DO ARG for each, in a subshell, as many at a time as LANES
#                          says (default: as there are CPUs); then TELL ARG STATUS
#                          OUTPUT MILLISECONDS here, in their order, OUTPUT being a
#                          file with what DO wrote
#
# What is said comes as if one had been done after the other.

lanes() {
	local do=$1 tell=$2 free=${LANES:-$(nproc)} dir ends begun=0 told=0
	shift 2
	dir=$(mktemp -d)
	mkfifo "$dir/ends"
	exec {ends}<>"$dir/ends"
	while ((told < $#)); do
		if ((begun < $# && free > 0)); then
			begun=$((begun + 1)) free=$((free - 1))
			lane "$dir/$begun" "$do" "${!begun}" >"$dir/$begun.out" 2>&1 &
		elif [[ -e $dir/$((told + 1)).ended ]]; then
			told=$((told + 1))
			# shellcheck disable=SC2046
			"$tell" "${!told}" $(cat "$dir/$told.ended")
		else
			read -r -u "$ends"
			free=$((free + 1))
		fi
	done
	exec {ends}>&-
	rm -r "$dir"
}

lane() { # lane FILE DO ARG; $ends hears of its end
	local start=${EPOCHREALTIME/[.,]/} status=0
	("${@:2}") {ends}>&- || status=$?
	echo "$status $1.out $(((${EPOCHREALTIME/[.,]/} - start) / 1000))" >"$1.new"
	mv "$1.new" "$1.ended"
	echo >&"$ends"
}
