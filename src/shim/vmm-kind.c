/* SPDX-License-Identifier: MIT */
/*
 * Which descriptors of the VMM are KVM's. Built into the shim, the
 * thunk and the bridge.
 */
#include <sys/syscall.h>

#include "base/host.h"
#include "shim/vmm-calls.h"

enum vmm_kind vmm_kind(int fd)
{
	struct stat st;

	if (host_raw(SYS_fstat, fd, &st) < 0 || !vmm_may_be_kvm(&st) ||
	    !gate_present())
		return VMM_OTHER;
	return gate_kind(fd);
}
