# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Sourced by scripts and tests: getting Debian's arm64 (and ppc64el) packages and
# making guest images from them. Nothing of it is installed on the host, and it needs
# no privilege: apt works in a folder of its own.
#
#   cache                            the folder everything is kept in
#   fetch_sysroot                    $cache/sysroot: qemu-system-aarch64, arm64
#   fetch_hosted                     $cache/hosted-arm64: the libraries that
#                                    fauxkvm is built with, arm64
#   fetch_libvirt                    $cache/libvirt: the same and libvirt, arm64
#   fetch_backports                  $cache/backports: the sysroot with a newer
#                                    QEMU, that of the release's backports
#   fetch_sysroot_ppc                $cache/sysroot-ppc64el: qemu-system-ppc and
#                                    its firmware, ppc64el
#   fetch_kernel 6.1|6.12            prints the path of the kernel image
#   fetch_program DIR PACKAGE...     unpack packages (no dependencies) into DIR
#   fetch_programs                   $cache/programs: what scripts/bench runs in a
#                                    guest, arm64
#   make_initramfs OUT INIT [F...]   busybox, its names, INIT as /init, files

cache=${FAUXKVM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/fauxkvm}

lib_die() {
	echo "${0##*/}: $*" >&2
	exit 2
}

# One at a time may fill the cache.
lib_locked() {
	mkdir -p "$cache"
	(
		flock 9
		"$@"
	) 9>"$cache/lock" || exit
}

# An apt that sees the host's sources but only arm64, or $apt_arch, and no
# installed package; $apt_release: packages of that release first.
apt_setup() {
	apt=$cache/apt${apt_release:+-$apt_release}${apt_arch:+-$apt_arch}
	mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial"
	: >"$apt/state/status"
	cat >"$apt/apt.conf" <<-END
		APT::Architecture "${apt_arch:-arm64}";
		#clear APT::Architectures;
		APT::Architectures { "${apt_arch:-arm64}"; };
		APT::Install-Recommends "false";
		APT::Sandbox::User "";
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		#clear DPkg::Post-Invoke;
		Acquire::Languages "none";
		Acquire::Retries "3";
		Dir::State "$apt/state";
		Dir::State::status "$apt/state/status";
		Dir::Cache "$apt/cache";
		${apt_release:+Dir::Etc::sourceparts "$apt/sources";}
		${apt_release:+APT::Default-Release "$apt_release";}
	END
	# Lists are good for a day, and until a package is not found.
	if [ -z "$(find "$apt/updated" -mtime -1 2>/dev/null)" ]; then
		apt_update
	fi
}

apt_update() {
	APT_CONFIG=$apt/apt.conf apt-get -qq update >"$apt/log" 2>&1 || true
	: >"$apt/updated"
}

# apt_get COMMAND...: once more with fresh lists when it fails
apt_get() {
	APT_CONFIG=$apt/apt.conf apt-get -qq -y "$@" >"$apt/log" 2>&1 && return
	apt_update
	APT_CONFIG=$apt/apt.conf apt-get -qq -y "$@" >"$apt/log" 2>&1 && return
	cat "$apt/log" >&2
	lib_die "apt-get $* failed"
}

# closure_unpack DIR PACKAGE...: with all they depend on
closure_unpack() {
	dir=$1
	shift
	apt_setup
	echo "${0##*/}: fetching $* (${apt_arch:-arm64})" >&2
	APT_CONFIG=$apt/apt.conf apt-get -qq clean
	apt_get -d install "$@"
	rm -rf "$dir.new"
	mkdir -p "$dir.new"
	for deb in "$apt"/cache/archives/*.deb; do
		dpkg-deb -x "$deb" "$dir.new" || lib_die "cannot unpack $deb"
	done
	APT_CONFIG=$apt/apt.conf apt-get -qq clean
	rm -rf "$dir.new/usr/share/doc" "$dir.new/usr/share/man" \
		"$dir.new/usr/share/locale" "$dir"
	mv "$dir.new" "$dir"
}

sysroot_fill() {
	[ -e "$cache/sysroot/.complete" ] && return
	closure_unpack "$cache/sysroot" qemu-system-arm ipxe-qemu libc6 \
		libgcc-s1
	: >"$cache/sysroot/.complete"
}

fetch_sysroot() {
	lib_locked sysroot_fill
}

hosted_fill() {
	[ -e "$cache/hosted-arm64/.complete" ] && return
	closure_unpack "$cache/hosted-arm64" check libcapstone-dev libinih-dev \
		uthash-dev libc6 libgcc-s1
	: >"$cache/hosted-arm64/.complete"
}

fetch_hosted() {
	lib_locked hosted_fill
}

sysroot_ppc_fill() {
	[ -e "$cache/sysroot-ppc64el/.complete" ] && return
	apt_arch=ppc64el
	closure_unpack "$cache/sysroot-ppc64el" qemu-system-ppc u-boot-qemu \
		libc6 libgcc-s1
	# Absolute in the package: it would be looked for outside.
	ln -sfn ../lib/powerpc64le-linux-gnu/ld64.so.2 \
		"$cache/sysroot-ppc64el/lib64/ld64.so.2"
	: >"$cache/sysroot-ppc64el/.complete"
}

fetch_sysroot_ppc() {
	lib_locked sysroot_ppc_fill
}

# The release's name and its mirror are those of the host's sources.
backports_fill() {
	[ -e "$cache/backports/.complete" ] && return
	apt_setup
	# shellcheck disable=SC2016,SC2046
	set -- $(APT_CONFIG=$apt/apt.conf apt-get indextargets \
		--format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages')
	[ $# -ge 2 ] || lib_die "apt has no sources"
	apt_release=$2-backports
	apt=$cache/apt-$apt_release
	mkdir -p "$apt/sources"
	cp /etc/apt/sources.list.d/* "$apt/sources/" 2>/dev/null || true
	echo "deb $1 $apt_release main" >"$apt/sources/backports.list"
	closure_unpack "$cache/backports" qemu-system-arm ipxe-qemu libc6 \
		libgcc-s1
	apt_release=
	: >"$cache/backports/.complete"
}

fetch_backports() {
	lib_locked backports_fill
}

# Links to the sysroot's files, and what libvirt needs beside them.
libvirt_fill() {
	[ -e "$cache/libvirt/.complete-libvirt" ] && return
	sysroot_fill
	closure_unpack "$cache/libvirt" libvirt-daemon libvirt-clients
	cp -a --link --no-clobber "$cache/sysroot/." "$cache/libvirt/" ||
		lib_die "cannot link the files of $cache/sysroot"
	: >"$cache/libvirt/.complete-libvirt"
}

fetch_libvirt() {
	lib_locked libvirt_fill
}

program_fill() {
	[ -e "$1/.complete-$2" ] && return
	apt_setup
	echo "${0##*/}: fetching $2 (arm64)" >&2
	mkdir -p "$1" "$cache/debs"
	rm -f "$cache"/debs/*.deb
	(cd "$cache/debs" && apt_get download "$2") || exit 2
	for deb in "$cache"/debs/*.deb; do
		dpkg-deb -x "$deb" "$1" || lib_die "cannot unpack $deb"
	done
	rm -f "$cache"/debs/*.deb
	: >"$1/.complete-$2"
}

fetch_program() {
	program_dir=$1
	shift
	for package in "$@"; do
		lib_locked program_fill "$program_dir" "$package"
	done
}

# Without what converts character sets, which is large.
programs_fill() {
	[ -e "$cache/programs/.complete" ] && return
	closure_unpack "$cache/programs" python3 openssl xz-utils zstd gzip \
		mawk sqlite3 grep coreutils
	rm -rf "$cache/programs/usr/lib/aarch64-linux-gnu/gconv"
	: >"$cache/programs/.complete"
}

fetch_programs() {
	lib_locked programs_fill
}

# The meta package names the kernel package of the day.
kernel_fill() {
	dir=$cache/kernel-$1
	[ -e "$dir/vmlinuz" ] && return
	case $1 in
	6.1) meta=linux-image-cloud-arm64 ;;
	6.12) meta=linux-image-6.12-cloud-arm64 ;;
	*) lib_die "no kernel $1: 6.1 or 6.12" ;;
	esac
	apt_setup
	package=$(APT_CONFIG=$apt/apt.conf apt-cache depends "$meta" |
		sed -n 's/^ *Depends: \(linux-image-.*\)$/\1/p' | head -n 1)
	[ -n "$package" ] || lib_die "no kernel package for $1"
	rm -rf "$dir.new"
	program_fill "$dir.new" "$package"
	cp "$dir.new"/boot/vmlinuz-* "$dir.new/vmlinuz"
	rm -rf "$dir"
	mv "$dir.new" "$dir"
}

fetch_kernel() {
	lib_locked kernel_fill "$1"
	echo "$cache/kernel-$1/vmlinuz"
}

# kernel_modules 6.1|6.12: the folder lib/modules/VERSION of that kernel
kernel_modules() {
	lib_locked kernel_fill "$1"
	echo "$cache/kernel-$1"/lib/modules/*
}

# Not compressed: unpacking would cost the guest more than reading it.
make_initramfs() {
	out=$1
	init=$2
	shift 2
	fetch_program "$cache/busybox" busybox-static
	tree=$(mktemp -d)
	mkdir -p "$tree/bin" "$tree/proc" "$tree/sys" "$tree/dev" "$tree/tmp" \
		"$tree/mnt" "$tree/root" "$tree/etc"
	cp "$cache/busybox/bin/busybox" "$tree/bin/"
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
