/* SPDX-License-Identifier: MIT */
/*
 * pthread_cancel(): a thread that is cancelled in a request leaves it first.
 *
 * With PTHREAD_CANCEL_ASYNCHRONOUS the C library unwinds the thread in the
 * handler of a signal of its own, wherever it is: in the model with its locks.
 * It installs that handler in the first pthread_cancel(), which therefore is
 * one of ours, and from then on sig.c has it wait.
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>

#include "base/log.h"
#include "shim/sig.h"
#include "shim/vmm-calls.h"

#define SIGCANCEL 32 /* glibc's */

static int (*libc_cancel)(pthread_t thread);

/* It may be cancelled while it waits, or end. */
static void *victim_main(void *end)
{
	sem_wait(end);
	return NULL;
}

static void cancel_init(void)
{
	pthread_t victim;
	sem_t end;

	libc_cancel = (int (*)(pthread_t))dlsym(RTLD_NEXT, "pthread_cancel");
	if (!libc_cancel)
		return;
	sem_init(&end, 0, 0);
	if (pthread_create(&victim, NULL, victim_main, &end)) {
		log_warn("no thread: the VMM's first cancelled thread may hang "
			 "it");
		return;
	}
	libc_cancel(victim);
	sem_post(&end);
	pthread_join(victim, NULL);
	sem_destroy(&end);
	sig_wrap_internal(SIGCANCEL);
}

int vmm_cancel(pthread_t thread)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int saved = errno;

	pthread_once(&once, cancel_init);
	errno = saved;
	return libc_cancel ? libc_cancel(thread) : ENOSYS;
}
