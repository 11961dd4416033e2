/* SPDX-License-Identifier: MIT */
/*
 * Between the thunk (in the VMM) and the bridge (native, in QEMU): one
 * system call number that Linux does not use. QEMU shows the call to the
 * bridge before it answers ENOSYS; the bridge writes the result through the
 * pointer in the second argument.
 *
 *   arm64: x8 BRIDGE_SYSCALL, x0 function, x1 &result (int64_t), x2... arguments
 *   ppc64: r0 BRIDGE_SYSCALL, r3 function, r4 &result, r5... arguments
 */
#ifndef FAUXKVM_SHIM_BRIDGE_ABI_H
#define FAUXKVM_SHIM_BRIDGE_ABI_H

#include <stdint.h>

#define BRIDGE_SYSCALL 0x6b766d /* "kvm" */

enum bridge_function {
	BRIDGE_HELLO = 1,        /* (const struct bridge_hello *) -> 0 */
	BRIDGE_OPEN = 2,         /* (flags) -> fd */
	BRIDGE_IOCTL = 3,        /* (fd, cmd, arg) -> value or BRIDGE_AGAIN */
	BRIDGE_KIND = 4,         /* (fd) -> enum vmm_kind */
	BRIDGE_SIGNAL_PROBE = 5, /* (phase) -> 0; see gate-thunk.c */
	/* userfaultfd(), which QEMU does not know; the VMM's memory is the
	 * host's at the same addresses, so the host's own serves. */
	BRIDGE_UFFD = 6,       /* (flags) -> fd */
	BRIDGE_UFFD_IOCTL = 7, /* (fd, cmd, arg) -> value */
};

/* What the thunk finds where no bridge wrote a result. */
#define BRIDGE_ABSENT INT64_MIN
/* Nothing is done yet: make the call again when the signal handlers have run
 * that QEMU has for this thread. */
#define BRIDGE_AGAIN (INT64_MIN + 1)

/* Proves that both sides mean the same memory and the same protocol. */
#define BRIDGE_MAGIC UINT64_C(0x6d766b7875616602)
struct bridge_hello {
	uint64_t magic;
	uint64_t self; /* its own address, as the guest sees it */
};

/* The signal whose host number tells how QEMU shifts real-time signals. */
#define BRIDGE_PROBE_SIGNAL 60

#endif
