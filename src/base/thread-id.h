/* SPDX-License-Identifier: MIT */
/*
 * The calling thread's id, as gettid() has it, for a load. In a child of fork()
 * it is another, which whoever makes or finds the child has to say.
 */
#ifndef FAUXKVM_BASE_THREAD_ID_H
#define FAUXKVM_BASE_THREAD_ID_H

#include <sys/types.h>

#include "base/types.h"

extern __thread pid_t thread_id_known
	__attribute__((tls_model("initial-exec")));
pid_t thread_id_ask(void);

static inline pid_t thread_id(void)
{
	return likely(thread_id_known) ? thread_id_known : thread_id_ask();
}

/* In the child, by its one thread. */
static inline void thread_id_forked_child(void)
{
	thread_id_known = 0;
}

#endif
