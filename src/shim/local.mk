## SPDX-License-Identifier: MIT
## What goes into a VMM's process: the native shim, the bridge (a plugin of
## qemu-aarch64 and qemu-ppc64le) and a thunk for either.

noinst_LIBRARIES += src/shim/libembed.a
src_shim_libembed_a_SOURCES = \
	src/shim/embed.c \
	src/shim/embed.h \
	src/shim/fd-guard.c \
	src/shim/fd-guard.h \
	src/shim/fd-users.c \
	src/shim/fd-users.h \
	src/shim/fdtab.c \
	src/shim/fdtab.h \
	src/shim/host-arm64-syscall.h \
	src/shim/host-syscall.h \
	src/shim/host-x86-64-syscall.h \
	src/shim/process.c \
	src/shim/process.h \
	src/shim/sig.c \
	src/shim/sig.h \
	src/shim/wake-call.c \
	src/shim/wake-call.h \
	src/shim/wake-epoll.c \
	src/shim/wake-read.c \
	src/shim/wake.c \
	src/shim/wake.h

embed_libs = \
	src/shim/libembed.a \
	src/kernel/libkernel.a \
	src/gic/libgic.a \
	src/mpic/libmpic.a \
	src/jit/libjit.a src/cpu/libcpu.a src/isa/libisa.a \
	$(base_libs)

thunk_sources = \
	src/shim/interpose.c \
	src/shim/kvm-path.c \
	src/shim/vmm-anon.c \
	src/shim/vmm-file.c \
	src/shim/vmm-kind.c \
	src/shim/vmm-syscall.c \
	src/shim/gate-thunk.c
thunk_headers = \
	src/base/host-arm64.h \
	src/base/host-ppc64.h \
	src/base/host.h \
	src/shim/bridge-abi.h \
	src/shim/interposers.h \
	src/shim/kvm-path.h \
	src/shim/vmm-calls.h

## What /dev/kvm and KVM's descriptors answer, where the model is.
answer_sources = \
	src/shim/gate-embed.c \
	src/shim/kvm-path.c \
	src/shim/kvm-path.h \
	src/shim/vmm-anon.c \
	src/shim/vmm-calls.h \
	src/shim/vmm-file.c \
	src/shim/vmm-kind.c

## What a native program executes.
exec_sources = \
	src/shim/child-env.c \
	src/shim/child-env.h \
	src/shim/vmm-exec.c \
	src/shim/vmm-exec.h \
	src/shim/vmm-execvp.c \
	src/shim/vmm-spawn.c

## tests/vmm links these, too.
shim_sources = $(answer_sources) \
	$(exec_sources) \
	src/shim/behind.c \
	src/shim/behind.h \
	src/shim/interpose.c \
	src/shim/interposers.h \
	src/shim/native.c \
	src/shim/vmm-cancel.c \
	src/shim/vmm-fd.c \
	src/shim/vmm-io.c \
	src/shim/vmm-memory.c \
	src/shim/vmm-openat2.c \
	src/shim/vmm-signal.c \
	src/shim/vmm-stdio.c \
	src/shim/vmm-syscall.c

## Preloaded or loaded by QEMU: programs to Automake, as nobody links them.
moduledir = $(pkglibdir)
module_flags = $(AM_LDFLAGS) -shared -Wl,-soname,$(@F)
module_PROGRAMS += src/shim/libfauxkvm.so
src_shim_libfauxkvm_so_SOURCES = $(shim_sources)
src_shim_libfauxkvm_so_CPPFLAGS = $(AM_CPPFLAGS) -DFAUXKVM_NATIVE
src_shim_libfauxkvm_so_LDADD = $(embed_libs)
src_shim_libfauxkvm_so_LDFLAGS = $(module_flags) -Wl,--exclude-libs,libinih.a

## Alone, for native programs that arm64 programs execute
module_PROGRAMS += src/shim/libfauxkvm-exec.so
src_shim_libfauxkvm_exec_so_SOURCES = $(exec_sources) \
	src/shim/exec-only.c \
	src/shim/interpose.c \
	src/shim/interposers.h
src_shim_libfauxkvm_exec_so_CPPFLAGS = $(AM_CPPFLAGS) -DFAUXKVM_EXEC_ONLY
src_shim_libfauxkvm_exec_so_LDFLAGS = $(module_flags)

## QEMU's user mode is a program of an x86-64 host's; an arm64 host runs arm64
## VMMs itself.
if HOST_X86_64
module_PROGRAMS += src/shim/fauxkvm-bridge.so
src_shim_fauxkvm_bridge_so_SOURCES = $(answer_sources) \
	src/shim/bridge-abi.h \
	src/shim/bridge-answer.c \
	src/shim/bridge-answer.h \
	src/shim/bridge-clock.c \
	src/shim/bridge-clock.h \
	src/shim/bridge-exec.c \
	src/shim/bridge-exec.h \
	src/shim/bridge-guest.c \
	src/shim/bridge-guest.h \
	src/shim/bridge-qemu.c \
	src/shim/bridge-qemu.h \
	src/shim/bridge-raw.c \
	src/shim/bridge-raw.h \
	src/shim/bridge-seccomp.c \
	src/shim/bridge-syscalls.c \
	src/shim/bridge-syscalls.h \
	src/shim/bridge-uring.c \
	src/shim/bridge-wake.c \
	src/shim/bridge-wake.h \
	src/shim/bridge.c \
	src/shim/got-hook.c \
	src/shim/got-hook.h \
	src/shim/guest-abi.c \
	src/shim/guest-abi.h \
	src/shim/host-answer.h \
	src/shim/host-x86-64-answer.h \
	src/shim/qemu-plugin-api.h
src_shim_fauxkvm_bridge_so_LDADD = $(embed_libs)
src_shim_fauxkvm_bridge_so_LDFLAGS = $(module_flags) -Wl,--exclude-libs,libinih.a
endif

## No C library of its own: the few functions it calls are the VMM's.
thunkdir = $(pkglibdir)
thunk_DATA =
if HOST_X86_64
thunk_DATA += src/shim/fauxkvm-thunk.so src/shim/fauxkvm-thunk-ppc64le.so
endif
CLEANFILES += $(thunk_DATA)
EXTRA_DIST += src/shim/gate-thunk.c src/base/host-arm64.h src/base/host-ppc64.h
thunk_flags = -std=gnu11 -O2 -g -fPIC -ffreestanding -fvisibility=hidden \
	-fno-stack-protector $(WARN_CFLAGS) -D_GNU_SOURCE -I$(top_srcdir)/src \
	-shared -nostdlib
src/shim/fauxkvm-thunk.so: $(thunk_sources) $(thunk_headers)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(AARCH64_CC) $(thunk_flags) \
	-mno-outline-atomics -Wl,-soname,fauxkvm-thunk.so -o $@ \
	$(addprefix $(top_srcdir)/,$(thunk_sources))
src/shim/fauxkvm-thunk-ppc64le.so: $(thunk_sources) $(thunk_headers)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(PPC64LE_CC) $(thunk_flags) \
	-Wl,-soname,fauxkvm-thunk-ppc64le.so -o $@ \
	$(addprefix $(top_srcdir)/,$(thunk_sources))
