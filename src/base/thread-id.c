/* SPDX-License-Identifier: MIT */
/*
 * The calling thread's id, see thread-id.h.
 */
#include "base/thread-id.h"

#include <sys/syscall.h>

#include "base/host.h"

__thread pid_t thread_id_known __attribute__((tls_model("initial-exec")));

pid_t thread_id_ask(void)
{
	thread_id_known = (pid_t)host_raw(SYS_gettid);
	return thread_id_known;
}
