# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Sourced by tests/boot/run: Debian's arm64 libvirt, as a session's daemon, and
# what its users ask of it by virsh. Both are arm64 programs under "fauxkvm run",
# and so is the QEMU that the daemon starts, to probe and as a domain.

# libvirt as root would take accounts and control groups of the host's.
libvirt_program() { # libvirt_program PROGRAM [ARGUMENT...]
	local as_user=()
	((EUID == 0)) && as_user=(unshare --user --map-user=1000 --map-group=1000)
	XDG_CACHE_HOME=$session/cache XDG_CONFIG_HOME=$session/config \
		XDG_RUNTIME_DIR=$session/run HOME=$session \
		LIBVIRT_DRIVER_DIR=$arm64/usr/lib/aarch64-linux-gnu/libvirt/connection-driver \
		exec "${as_user[@]}" timeout --kill-after=10 "$limit" \
		"$build/fauxkvm" run --sysroot "$arm64" -- "$arm64/usr/$1" "${@:2}"
}

# Sets what the functions here use until the case, a subshell, ends. There is a
# socket in the folder, which needs a short name.
libvirt_start() {
	session=$(mktemp -d) || fail "no folder"
	arm64=$cache/libvirt
	# shellcheck disable=SC2064
	trap "libvirt_end; rm -rf '$session'" EXIT
	mkdir -p "$session"/{cache,run,config/libvirt}
	# The tree has neither AppArmor's profiles nor a daemon for logs.
	printf '%s\n' 'security_driver = "none"' 'stdio_handler = "file"' \
		'cgroup_controllers = [ ]' 'namespaces = [ ]' \
		>"$session/config/libvirt/qemu.conf"
	(libvirt_program sbin/libvirtd >"$session/log" 2>&1) &
	libvirtd=$!
	for ((i = 0; i < limit * 5; i++)); do
		[[ -S $session/run/libvirt/libvirt-sock ]] && return
		kill -0 $libvirtd 2>/dev/null || break
		sleep 0.2
	done
	cat "$session/log" >&2
	fail "libvirtd does not start"
}

libvirt_end() {
	virsh destroy "$name" >/dev/null 2>&1
	kill "$libvirtd" && wait "$libvirtd"
}

virsh() {
	(libvirt_program bin/virsh -q -c \
		"qemu+unix:///session?socket=$session/run/libvirt/libvirt-sock" \
		"$@")
}

libvirt_domain() { # libvirt_domain KERNEL GIC: its description
	cat <<-END
		<domain type='kvm'>
		  <name>$name</name>
		  <memory unit='MiB'>512</memory>
		  <vcpu>2</vcpu>
		  <os>
		    <type arch='aarch64' machine='virt'>hvm</type>
		    <kernel>$(fetch_kernel "$1")</kernel>
		    <initrd>$(initramfs "$1")</initrd>
		    <cmdline>console=ttyAMA0 panic=-1 test=button</cmdline>
		  </os>
		  <features><gic version='$2'/></features>
		  <cpu mode='host-passthrough'/>
		  <on_poweroff>destroy</on_poweroff>
		  <devices>
		    <emulator>$arm64/usr/bin/qemu-system-aarch64</emulator>
		    <serial type='file'><source path='$console'/></serial>
		    <controller type='usb' model='none'/>
		    <memballoon model='none'/>
		  </devices>
		</domain>
	END
}

domain_gone() {
	for ((i = 0; i < limit; i++)); do
		[[ $(virsh list --name) == *"$name"* ]] || return 0
		sleep 1
	done
	fail "the domain is still there"
}

case_libvirt() { # libvirt-gicG-KERNEL
	local gic kernel capabilities
	IFS=- read -r _ gic kernel <<<"$1"
	fetch_libvirt
	libvirt_start
	capabilities=$(virsh domcapabilities --virttype kvm --arch aarch64 \
		--machine virt \
		--emulatorbin "$arm64/usr/bin/qemu-system-aarch64") ||
		fail "no capabilities"
	for word in '<domain>kvm</domain>' "<value>${gic#gic}</value>" \
		"<mode name='host-passthrough' supported='yes'>"; do
		[[ $capabilities == *"$word"* ]] ||
			fail "capabilities without $word: $capabilities"
	done
	libvirt_domain "$kernel" "${gic#gic}" >"$session/domain.xml"
	virsh create "$session/domain.xml" >&2 || fail "create"
	vm=$libvirtd
	wait_line waits
	[[ $(virsh domstate "$name") == running ]] || fail "not running"
	virsh shutdown "$name" >&2 || fail "shutdown"
	domain_gone
	ended 0
	says 'button pressed' >/dev/null
	virsh create "$session/domain.xml" >&2 || fail "create again"
	wait_line init
	virsh destroy "$name" >&2 || fail "destroy"
	domain_gone
}
