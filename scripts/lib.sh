# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Sourced by scripts and tests: getting Debian's packages of arm64, armhf and ppc64el, and
# making guest images from them. `fauxkvm sysroot` does the former: nothing of it is
# installed on the host, and it needs no privilege. What is there needs no fauxkvm.
#
#   cache                            the folder everything is kept in
#   fetch_sysroot                    $cache/sysroot: qemu-system-aarch64, arm64
#   fetch_hosted                     $cache/hosted-arm64: the libraries that
#                                    fauxkvm is built with, arm64
#   fetch_suites                     $cache/suites-bookworm: CPython's tests, stress-ng, of
#                                    that release, arm64
#   fetch_rust, fetch_go             $cache/rust, $cache/go: compilers, arm64, with what
#                                    tests/static-vmm and the examples of docs/ci.md want
#   fetch_libvirt                    $cache/libvirt: the same and libvirt, arm64
#   fetch_backports                  $cache/backports: the sysroot with a newer
#                                    QEMU, that of the release's backports
#   fetch_newer                      $cache/qemu-trixie: QEMU 10, Debian 13's
#   fetch_sysroot_ppc                $cache/sysroot-ppc64el: qemu-system-ppc and
#                                    its firmware, ppc64el
#   fetch_kernel 6.1|6.12|armmp      prints the path of the kernel image; armmp: that of
#                                    armhf that Debian 12 has
#   kernel_here                      prints which of them the host's suite has
#   fetch_program NAME PACKAGE...    packages (no dependencies) in $cache/NAME
#   fetch_programs                   $cache/programs: what scripts/bench runs in a
#                                    guest, arm64
#   make_initramfs OUT INIT [F...]   busybox ($machine's, default arm64), its names,
#                                    INIT as /init, files

cache=${FAUXKVM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/fauxkvm}
export FAUXKVM_CACHE="$cache"

lib_die() {
	echo "${0##*/}: $*" >&2
	exit 2
}

# That of a build; a test's own $FAUXKVM may be for another machine.
sysroot_tool() {
	for tool in ./fauxkvm "${BUILD:-build}/fauxkvm" "$top/build/fauxkvm" \
		"$top/build-check/fauxkvm"; do
		if "$tool" --version >/dev/null 2>&1; then
			"$tool" sysroot "$@"
			return
		fi
	done
	lib_die "fetching packages needs fauxkvm: run scripts/build"
}

# sysroot_fill NAME OPTION... PACKAGE...
sysroot_fill() {
	# As fauxkvm before it had `sysroot` filled it.
	[ -e "$cache/$1/.fauxkvm" ] || [ ! -e "$cache/$1/.complete" ] || return 0
	[ -d "$cache/$1" ] || echo "${0##*/}: fetching $1" >&2
	sysroot_tool install --name "$@" >/dev/null || exit
}

fetch_sysroot() {
	sysroot_fill sysroot qemu-system-arm libc6 libgcc-s1
}

# Programs that test the system they run on, and what those want. Always of one
# release, as what is expected of them is.
fetch_suites() {
	sysroot_fill suites-bookworm --suite bookworm python3 libpython3.11-testsuite \
		stress-ng coreutils busybox bash dash libc-bin
}

# rust-vmm's loader is in no release of Debian before forky.
fetch_rust() {
	sysroot_fill rust --suite forky cargo rustc libc6-dev \
		librust-kvm-ioctls-dev librust-vm-superio-dev \
		librust-linux-loader-dev librust-vm-fdt-dev
}

fetch_go() {
	sysroot_fill go --suite bookworm golang-1.19-go
}

fetch_hosted() {
	sysroot_fill hosted-arm64 check libcapstone-dev libinih-dev uthash-dev \
		libc6 libgcc-s1
}

fetch_sysroot_ppc() {
	sysroot_fill sysroot-ppc64el --arch ppc64el qemu-system-ppc u-boot-qemu \
		libc6 libgcc-s1
}

# What the host's apt has first: a name such as bookworm.
suite_here() {
	# shellcheck disable=SC2016
	sysroot_tool apt -- apt-get indextargets --format '$(CODENAME)' \
		'Created-By: Packages' | head -n 1
}

fetch_backports() {
	[ -d "$cache/backports" ] || suite=$(suite_here)
	sysroot_fill backports ${suite:+--suite "$suite-backports"} \
		qemu-system-arm libc6 libgcc-s1
}

fetch_newer() {
	sysroot_fill qemu-trixie --suite trixie qemu-system-arm libc6 libgcc-s1
}

fetch_libvirt() {
	[ ! -e "$cache/libvirt/.complete-libvirt" ] || return 0
	sysroot_fill libvirt qemu-system-arm libvirt-daemon libvirt-clients \
		libc6 libgcc-s1
}

fetch_program() {
	[ ! -e "$cache/$1/.complete-$2" ] || return 0
	[ -d "$cache/$1" ] || echo "${0##*/}: fetching $1" >&2
	sysroot_tool install --no-deps --name "$@" >/dev/null || exit
}

# Without what converts character sets, which is large.
fetch_programs() {
	sysroot_fill programs python3 openssl xz-utils zstd gzip mawk sqlite3 \
		grep coreutils
	rm -rf "$cache/programs/usr/lib/aarch64-linux-gnu/gconv"
}

# kernel_package META OPTION...: the kernel package of the day
kernel_package() {
	meta=$1
	shift
	sysroot_tool "$@" apt -- apt-cache depends "$meta" 2>/dev/null |
		sed -n 's/^ *Depends: \(linux-image-.*\)$/\1/p' | head -n 1
}

kernel_here() {
	for version in 6.1 6.12; do
		[ ! -e "$cache/kernel-$version/vmlinuz" ] || {
			echo "$version"
			return
		}
	done
	kernel_package linux-image-cloud-arm64 |
		sed 's/linux-image-\([0-9]*\.[0-9]*\).*/\1/'
}

kernel_copy() {
	cp "$cache/kernel-$1"/boot/vmlinuz-* "$cache/kernel-$1/vmlinuz.$$"
	mv "$cache/kernel-$1/vmlinuz.$$" "$cache/kernel-$1/vmlinuz"
}

# A suite other than the host's is that whose default it is.
kernel_fill() {
	case $1 in
	armmp)
		armhf="--arch armhf --suite bookworm"
		# shellcheck disable=SC2086
		package=$(kernel_package linux-image-armmp $armhf)
		[ -n "$package" ] || lib_die "no kernel package for $1"
		# shellcheck disable=SC2086
		fetch_program "kernel-$1" $armhf "$package"
		kernel_copy "$1"
		return
		;;
	6.1) suite=bookworm ;;
	6.12) suite=trixie ;;
	*) lib_die "no kernel $1: 6.1 or 6.12" ;;
	esac
	for meta in "linux-image-cloud-arm64" "linux-image-$1-cloud-arm64" \
		"linux-image-cloud-arm64 --suite $suite"; do
		# shellcheck disable=SC2086
		package=$(kernel_package $meta)
		case $package in
		"linux-image-$1."* | "linux-image-$1+"*) break ;;
		esac
		package=
	done
	[ -n "$package" ] || lib_die "no kernel package for $1"
	case $meta in
	*--suite*) set -- "kernel-$1" --suite "$suite" ;;
	*) set -- "kernel-$1" ;;
	esac
	fetch_program "$@" "$package"
	kernel_copy "${1#kernel-}"
}

fetch_kernel() {
	# Not in a subshell of its own: what fails ends the script.
	# Several may want it at a time.
	mkdir -p "$cache"
	{
		flock 9
		[ -e "$cache/kernel-$1/vmlinuz" ] || kernel_fill "$1"
	} 9>"$cache/kernel-lock"
	echo "$cache/kernel-$1/vmlinuz"
}

# kernel_modules 6.1|6.12: the folder lib/modules/VERSION of that kernel
kernel_modules() {
	fetch_kernel "$1" >/dev/null
	echo "$cache/kernel-$1"/lib/modules/*
}

# Not compressed: unpacking would cost the guest more than reading it.
make_initramfs() {
	out=$1
	init=$2
	shift 2
	case ${machine:-arm64} in
	arm64) from=busybox && fetch_program $from busybox-static ;;
	*)
		from=busybox-$machine
		fetch_program "$from" --arch "$machine" --suite bookworm busybox-static
		;;
	esac
	tree=$(mktemp -d)
	mkdir -p "$tree/bin" "$tree/proc" "$tree/sys" "$tree/dev" "$tree/tmp" \
		"$tree/mnt" "$tree/root" "$tree/etc"
	cp "$cache/$from/bin/busybox" "$tree/bin/"
	for name in sh mount umount echo cat ls uname sleep poweroff reboot \
		mkdir mknod dd sync cmp grep sed ps top free dmesg insmod \
		modprobe ip wget setsid cttyhack vi id date nproc md5sum \
		head tail awk kill true false test expr seq ifconfig route; do
		ln -s busybox "$tree/bin/$name"
	done
	cp "$init" "$tree/init"
	chmod 755 "$tree/init"
	for file in "$@"; do
		cp -r "$file" "$tree/"
	done
	(cd "$tree" && find . | LC_ALL=C sort |
		cpio -o -H newc --owner 0:0 --quiet) >"$out.new"
	rm -rf "$tree"
	mv "$out.new" "$out"
}
