/* SPDX-License-Identifier: MIT */
/*
 * Requests as rows: number, name, what is copied, since when, who handles it.
 * ioctls.def has those of every KVM, an architecture's .def its own; a row
 * declares its handler. The request's number, and with it the argument's size,
 * is the ABI's of the architecture that makes its table of them
 * (kernel/ioctl-rows.h).
 */
#ifndef FAUXKVM_KERNEL_IOCTL_H
#define FAUXKVM_KERNEL_IOCTL_H

#include "kernel/kernel.h"

/* Bytes of the largest argument that the dispatcher copies; PowerPC's
 * KVM_GET_SREGS has 1232. */
#define IOCTL_MAX_SIZE 2048

enum ioctl_copy { COPY_NONE, COPY_IN, COPY_OUT, COPY_IO };

/*
 * The value or a negative errno. The dispatcher copies the structure in before
 * and out after the handler when it returns >= 0; @arg points to that copy,
 * @user is the VMM's argument. A vCPU's runs with vcpu->lock held.
 */
typedef long ioctl_fn(struct kobj *obj, void *arg, unsigned long user);

struct ioctl_row {
	struct kernel_ioctl_row pub;
	enum kobj_kind kind;
	enum ioctl_copy copy;
	bool needs_init; /* vCPU: ENOEXEC first when not initialised */
	bool async;      /* vCPU: does not wait for one that runs */
	ioctl_fn *fn;    /* NULL: refused */
	int old_errno;   /* with it before Linux 6.12; 0: as an unknown one */
	/* Not Linux's: unknown unless this says yes. NULL: always there. */
	bool (*offered)(void);
};

#define IOCTL(kind, request, copy, since, fn)                   ioctl_fn fn;
#define IOCTL_OFFERED(kind, request, copy, since, fn, offered_) ioctl_fn fn;
#include "kernel/ioctls.def"
#undef IOCTL
#undef IOCTL_OFFERED

/* For the rows of an architecture that logs what the guest writes. */
ioctl_fn vm_ioctl_get_dirty_log, vm_ioctl_clear_dirty_log;
/* For the rows of an architecture that has attributes on vCPUs and VMs:
 * arch->vcpu_attrs, arch->vm_attrs. */
ioctl_fn obj_ioctl_set_attr, obj_ioctl_get_attr, obj_ioctl_has_attr;

#endif
