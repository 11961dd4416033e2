/* SPDX-License-Identifier: MIT */
/*
 * Makes struct ioctl_row of the lines of an ioctls.def: included by the file
 * of an architecture that has the table, compiled for its ABI.
 */
#ifndef FAUXKVM_KERNEL_IOCTL_ROWS_H
#define FAUXKVM_KERNEL_IOCTL_ROWS_H

#include <fauxkvm/kvm.h>

#include <fauxkvm/device-attr-draft.h>

#include "kernel/device.h"
#include "kernel/ioctl.h"

#define IOCTL_FD(kind)                    \
	((kind) == KOBJ_SYSTEM ? "system" \
	 : (kind) == KOBJ_VM   ? "vm"     \
	 : (kind) == KOBJ_VCPU ? "vcpu"   \
			       : "device")
#define IOCTL_ROW(kind_, name_, cmd_, copy_, since_, ...) \
	{                                                 \
		.pub = {.name = name_,                    \
			.fd = IOCTL_FD(kind_),            \
			.cmd = cmd_,                      \
			.size = FK_IOC_SIZE(cmd_),        \
			.since = since_},                 \
		.kind = kind_, .copy = copy_, __VA_ARGS__ \
	}

#define IOCTL(kind_, request, copy_, since_, fn_)          \
	IOCTL_ROW(kind_, #request, request, copy_, since_, \
		  .pub.implemented = true, .fn = fn_),
/* A vCPU's: ENOEXEC comes first as long as it is not initialised. */
#define IOCTL_INITED(kind_, request, copy_, since_, fn_)   \
	IOCTL_ROW(kind_, #request, request, copy_, since_, \
		  .pub.implemented = true, .needs_init = true, .fn = fn_),
/* A vCPU's that does not wait for its KVM_RUN to end: no lock is held. */
#define IOCTL_ASYNC(kind_, request, copy_, since_, fn_)    \
	IOCTL_ROW(kind_, #request, request, copy_, since_, \
		  .pub.implemented = true, .async = true, .fn = fn_),
/* Not Linux's: there if the function at the end says so. */
#define IOCTL_OFFERED(kind_, request, copy_, since_, fn_, offered_)         \
	IOCTL_ROW(kind_, #request, request, copy_, since_,                  \
		  .pub.implemented = true, .pub.optional = true, .fn = fn_, \
		  .offered = offered_),
/* Refused as an unknown one is: only a number and a name, and what is read
 * first. */
#define IOCTL_REFUSED(kind_, name_, cmd_, copy_) \
	IOCTL_ROW(kind_, name_, cmd_, copy_, "-", .fn = NULL),
/* Likewise, but with an errno of its own before 6.12. */
#define IOCTL_GONE(kind_, name_, cmd_, err_)                      \
	IOCTL_ROW(kind_, name_, cmd_, COPY_NONE, "-", .fn = NULL, \
		  .old_errno = err_),

#endif
