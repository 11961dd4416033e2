## SPDX-License-Identifier: MIT
## The engine that runs arm64 Linux programs on this host, without qemu-user.
if HOST_X86_64
pkglibexec_PROGRAMS += src/user/fauxkvm-user
src_user_fauxkvm_user_SOURCES = \
	src/shim/bridge-uring.c \
	src/shim/guest-abi.c \
	src/shim/vmm-fd.c \
	src/user/abi.c \
	src/user/abi.h \
	src/user/area.c \
	src/user/area.h \
	src/user/arm-calls.c \
	src/user/arm-calls.def \
	src/user/arm-convert.c \
	src/user/arm-frame.c \
	src/user/arm-ipc.c \
	src/user/arm-socket.c \
	src/user/arm-syscall.c \
	src/user/arm-trap.c \
	src/user/arm-vector.c \
	src/user/arm-vector.h \
	src/user/arm-wait.c \
	src/user/arm.c \
	src/user/arm.h \
	src/user/bpf.c \
	src/user/bpf.h \
	src/user/calls-clone.c \
	src/user/calls-exec.c \
	src/user/calls-fd.c \
	src/user/calls-file.c \
	src/user/calls-ipc.c \
	src/user/calls-memory.c \
	src/user/calls-poll.c \
	src/user/calls-prctl.c \
	src/user/calls-process.c \
	src/user/calls-refused.c \
	src/user/calls-signal.c \
	src/user/calls-uring.c \
	src/user/convert.c \
	src/user/convert.h \
	src/user/disasm.c \
	src/user/elf.c \
	src/user/elf.h \
	src/user/exec-env.c \
	src/user/exec-memory.c \
	src/user/exec.h \
	src/user/frame.c \
	src/user/frame.h \
	src/user/gdb-regs.c \
	src/user/gdb-stop.c \
	src/user/gdb-wire.c \
	src/user/gdb-wire.h \
	src/user/gdb.c \
	src/user/gdb.h \
	src/user/heap.c \
	src/user/host-clone3.h \
	src/user/host-x86-64-clone3.c \
	src/user/ids.c \
	src/user/kvm.c \
	src/user/kvm.h \
	src/user/lock.c \
	src/user/lock.h \
	src/user/main.c \
	src/user/memory-data.c \
	src/user/memory-grow.c \
	src/user/memory-internal.h \
	src/user/memory-range.c \
	src/user/memory.c \
	src/user/memory.h \
	src/user/path.c \
	src/user/path.h \
	src/user/pe.c \
	src/user/pe.h \
	src/user/proc-file.c \
	src/user/proc-file.h \
	src/user/proc-text.c \
	src/user/proc-text.h \
	src/user/proc-told.c \
	src/user/robust.c \
	src/user/robust.h \
	src/user/ptrace.c \
	src/user/ptrace.h \
	src/user/rseq-file.c \
	src/user/rseq.c \
	src/user/rseq.h \
	src/user/seccomp-listen.c \
	src/user/seccomp-listen.h \
	src/user/seccomp.c \
	src/user/seccomp.h \
	src/user/signal.c \
	src/user/signal.h \
	src/user/start.c \
	src/user/start.h \
	src/user/stops.c \
	src/user/stops.h \
	src/user/syscall.c \
	src/user/syscall.h \
	src/user/syscalls.def \
	src/user/thread.c \
	src/user/thread.h \
	src/user/trace.c \
	src/user/trace.h \
	src/user/trap.c \
	src/user/trap.h \
	src/user/vdso.c \
	src/user/vdso.h \
	src/user/vfork.c \
	src/user/vfork.h \
	$(answer_sources)
## Objects of its own, as what the libraries have of it is built by libtool
src_user_fauxkvm_user_CPPFLAGS = $(AM_CPPFLAGS)
## What a user preloads is for the program, not for the engine.
src_user_fauxkvm_user_LDFLAGS = $(AM_LDFLAGS) $(STATIC_LDFLAGS)
src_user_fauxkvm_user_LDADD = src/cpu/mem-flat-bodies.o $(embed_libs)
endif
