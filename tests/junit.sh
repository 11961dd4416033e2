# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Results of a list of tests as JUnit's XML, which every CI shows. Sourced:
# junit_begin FILE SUITE, junit_case for each, junit_end. FILE is there when the
# last one has returned, and whole; with an empty FILE nothing is done.

# Text for an element or an attribute: XML has no other control characters.
junit_text() { # junit_text MAX-BYTES: standard input
	tail -c "$1" | iconv -c -f UTF-8 -t UTF-8 |
		LC_ALL=C tr -d '\000-\010\013\014\016-\037' |
		sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g; s/"/\&quot;/g'
}

junit_begin() { # junit_begin FILE SUITE
	junit_file=$1 junit_suite=$2 junit_all=0 junit_failed=0 junit_skipped=0
	junit_cases="" junit_ms=0
	# The caller may change its folder.
	[[ -z $1 || $1 == /* ]] || junit_file=$PWD/$1
	[[ -z $1 ]] || : >"$junit_file" || return
}

# junit_case CLASS NAME MILLISECONDS ok|skip|fail MESSAGE [LOG]: of the log the
# end is kept where it did not pass.
junit_case() {
	local seconds kind=failure
	[[ -n $junit_file ]] || return 0
	junit_all=$((junit_all + 1)) junit_ms=$((junit_ms + 10#$3))
	printf -v seconds '%d.%03d' $((10#$3 / 1000)) $((10#$3 % 1000))
	junit_cases+="  <testcase classname=\"$(junit_text 200 <<<"$1")\""
	junit_cases+=" name=\"$(junit_text 200 <<<"$2")\" time=\"$seconds\""
	if [[ $4 == ok ]]; then
		junit_cases+=$'/>\n'
		return
	fi
	if [[ $4 == skip ]]; then
		kind=skipped junit_skipped=$((junit_skipped + 1))
	else
		junit_failed=$((junit_failed + 1))
	fi
	junit_cases+=$'>\n'"   <$kind message=\"$(junit_text 400 <<<"$5")\"/>"$'\n'
	[[ -z ${6:-} || ! -r ${6:-} ]] ||
		junit_cases+="   <system-out>$(junit_text 8000 <"$6")</system-out>"$'\n'
	junit_cases+=$'  </testcase>\n'
}

junit_end() {
	local seconds
	[[ -n $junit_file ]] || return 0
	printf -v seconds '%d.%03d' $((junit_ms / 1000)) $((junit_ms % 1000))
	cat >"$junit_file.new" <<-END && mv "$junit_file.new" "$junit_file"
		<?xml version="1.0" encoding="UTF-8"?>
		<testsuites>
		 <testsuite name="$junit_suite" tests="$junit_all" failures="$junit_failed" errors="0" skipped="$junit_skipped" time="$seconds">
		${junit_cases%$'\n'}
		 </testsuite>
		</testsuites>
	END
}
