/* SPDX-License-Identifier: MIT */
/*
 * Which descriptors of the VMM are KVM's. Built into the shim and into the
 * thunk.
 */
#include <sys/syscall.h>

#include "base/host.h"
#include "shim/vmm-calls.h"

/* A bit for each low number that is or was one of KVM's; atomic. */
#define NOTED_FDS 1024
#define WORD_BITS (8 * sizeof(unsigned long))
static unsigned long noted[NOTED_FDS / WORD_BITS];

_Bool vmm_is_noted(int fd)
{
	const unsigned int n = (unsigned int)fd;

	return n < NOTED_FDS &&
	       __atomic_load_n(&noted[n / WORD_BITS], __ATOMIC_RELAXED) >>
			       n % WORD_BITS &
		       1;
}

void vmm_note(int fd)
{
	const unsigned int n = (unsigned int)fd;

	if (n < NOTED_FDS && !vmm_is_noted(fd))
		__atomic_or_fetch(&noted[n / WORD_BITS], 1ul << n % WORD_BITS,
				  __ATOMIC_RELAXED);
}

enum vmm_kind vmm_kind(int fd)
{
	struct stat st;

	if (host_raw(SYS_fstat, fd, &st) < 0 || !vmm_may_be_kvm(&st) ||
	    !gate_present())
		return VMM_OTHER;
	return gate_kind(fd);
}
