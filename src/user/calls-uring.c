/* SPDX-License-Identifier: MIT */
/*
 * System calls of io_uring that are not the host's alone: rings are made without
 * the requests that differ between the architectures (shim/bridge-uring.c).
 */
#include "shim/bridge-syscalls.h"
#include "user/syscall.h"

long call_io_uring_setup(struct user_thread *t, const uint64_t args[6])
{
	(void)t;
	return bridge_uring_setup(args);
}

long call_io_uring_register(struct user_thread *t, const uint64_t args[6])
{
	(void)t;
	return bridge_uring_register(args);
}
