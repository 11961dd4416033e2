# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Sourced by tests/boot/run and tests/slow/soak, after scripts/lib.sh: a
# kernel's modules for an initramfs.
#
#   modules_into DIR KERNEL NAME...   those NAME need and they themselves,
#                                     unpacked, and "order", their names

# Each once, itself last, as paths below $modules.
modules_closure() {
	local name file
	for name; do
		file=$(find "$modules" -name "${name//_/[-_]}.ko*" -print -quit)
		if [[ -z $file ]]; then
			grep -q "/${name//_/[-_]}\.ko$" \
				"$modules/modules.builtin" && continue
			lib_die "no module $name in $modules"
		fi
		# shellcheck disable=SC2046
		modules_closure $(module_cat "$file" | tr '\0' '\n' |
			sed -n 's/^depends=//p' | tr , ' ')
		echo "$file"
	done | awk '!seen[$0]++'
}

module_cat() {
	case $1 in
	*.xz) xz -dc "$1" ;;
	*) cat "$1" ;;
	esac
}

modules_into() {
	local dir=$1 modules file
	modules=$(kernel_modules "$2") || exit 2
	shift 2
	mkdir -p "$dir"
	for file in $(modules_closure "$@"); do
		module_cat "$file" >"$dir/$(basename "${file%.xz}")"
		basename "${file%.xz}" >>"$dir/order"
	done
}
