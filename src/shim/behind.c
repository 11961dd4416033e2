/* SPDX-License-Identifier: MIT */
/*
 * Did a native program open the host's own /dev/kvm behind our back? A system
 * call that the C library does not make is not seen, but its descriptor is
 * there when the program exits.
 */
#include "shim/behind.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "base/host.h"
#include "base/warn.h"
#include "shim/vmm-calls.h"

#define FDS_LOOKED_AT 1024

void behind_look(void)
{
	static struct warned warned;
	struct stat st;

	if (!warn_is_new(&warned, FKVM_HOST_KVM))
		return;
	for (int fd = 0; fd < FDS_LOOKED_AT; fd++)
		if (host_raw(SYS_fstat, fd, &st) == 0 && S_ISCHR(st.st_mode) &&
		    st.st_rdev == makedev(KVM_MAJOR, KVM_MINOR))
			warn_once(&warned, FKVM_HOST_KVM,
				  "descriptor %d is the host's own /dev/kvm: "
				  "its requests are not answered here",
				  fd);
}
