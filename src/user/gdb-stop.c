/* SPDX-License-Identifier: MIT */
/*
 * How the program's threads stop for a debugger and go on, see gdb.h.
 *
 * Whoever wants all to stop says so in @stopping and asks each PE to leave
 * cpu_run(). A thread looks at @stopping after it has taken such a request back,
 * before it enters cpu_run() again, and cpu_run() executes nothing while
 * there is one. So once a thread has been seen outside, no instruction of its is
 * executed any more.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/held-fd.h"
#include "base/host.h"
#include "base/types.h"
#include "cpu/exception.h"
#include "user/gdb.h"
#include "user/stops.h"
#include "user/thread.h"

#define MAX_BREAKS 256
#define POLL_NS    200000

volatile bool gdb_on;

static struct {
	pthread_mutex_t lock;
	pthread_cond_t go_on;
	bool stopping;
	volatile bool came;        /* a debugger, once */
	struct user_thread *event; /* not told so far */
	int event_sig;
	uint64_t passed; /* signals that are not told */
	uint64_t breaks[MAX_BREAKS];
	unsigned int nr_breaks;
	int event_fd; /* handle */
} gdb = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.go_on = PTHREAD_COND_INITIALIZER,
	.event_fd = -1,
};

/* Not a child that shares the memory: it is in no list. */
static bool is_debugged(const struct user_thread *t)
{
	return gdb_on && !t->beside;
}

bool gdb_is_awaited(void)
{
	return gdb_on && !gdb.came;
}

/* ---- stopping ------------------------------------------------------------ */

static void ask_to_leave(struct user_thread *t, void *arg)
{
	(void)arg;
	cpu_request(t->cpu, CPU_REQ_KICK);
}

/* With the lock. */
static void ask_all(void)
{
	gdb.stopping = true;
	threads_lock();
	threads_each(ask_to_leave, NULL);
	threads_unlock();
}

static void note_if_in(struct user_thread *t, void *arg)
{
	*(bool *)arg |= t->executes;
}

void gdb_stop_all(void)
{
	const struct timespec a_while = {.tv_nsec = POLL_NS};
	bool any = true;

	pthread_mutex_lock(&gdb.lock);
	ask_all();
	pthread_mutex_unlock(&gdb.lock);
	while (any) {
		any = false;
		threads_lock();
		threads_each(note_if_in, &any);
		threads_unlock();
		if (any)
			nanosleep(&a_while, NULL);
	}
}

void gdb_resume(void)
{
	pthread_mutex_lock(&gdb.lock);
	gdb.stopping = false;
	pthread_cond_broadcast(&gdb.go_on);
	pthread_mutex_unlock(&gdb.lock);
}

static void let_go(struct user_thread *t, void *arg)
{
	(void)arg;
	t->gdb.action = GDB_GO;
}

void gdb_attach(bool on)
{
	pthread_mutex_lock(&gdb.lock);
	gdb_on = on;
	gdb.came = true;
	gdb.event = NULL;
	if (!on) {
		threads_lock();
		threads_each(let_go, NULL);
		threads_unlock();
	}
	pthread_mutex_unlock(&gdb.lock);
}

/* With the lock: until the debugger lets it go on. */
static void wait_here(struct user_thread *t)
{
	while (gdb_on && (gdb.stopping || t->gdb.action == GDB_STAY))
		pthread_cond_wait(&gdb.go_on, &gdb.lock);
}

/* What happened to @t is told, or (false) was not, as something else is being
 * told: it happens again, or is to be told then. */
static bool tell(struct user_thread *t, int sig)
{
	const uint64_t one = 1;
	bool told = false;

	pthread_mutex_lock(&gdb.lock);
	if (gdb_on && !gdb.stopping) {
		ask_all();
		gdb.event = t;
		gdb.event_sig = sig;
		t->gdb = (struct gdb_thread){.signal = sig};
		if (host_write(held_fd_number(gdb.event_fd), &one,
			       sizeof(one)) < 0)
			errno = 0;
		told = true;
	}
	wait_here(t);
	/* A stop is a preemption. */
	rseq_signal(t);
	pthread_mutex_unlock(&gdb.lock);
	return told;
}

int gdb_take_event(int *sig)
{
	uint64_t count;
	int tid = 0;

	if (host_read(held_fd_number(gdb.event_fd), &count, sizeof(count)) < 0)
		count = 0;
	pthread_mutex_lock(&gdb.lock);
	if (gdb.event) {
		tid = gdb.event->tid;
		*sig = gdb.event_sig;
		gdb.event = NULL;
	}
	pthread_mutex_unlock(&gdb.lock);
	return tid;
}

int gdb_event_fd(void)
{
	return held_fd_number(gdb.event_fd);
}

int gdb_stop_init(void)
{
	gdb.stopping = true;
	gdb.event_fd = held_fd_take(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	return gdb.event_fd < 0 ? gdb.event_fd : 0;
}

/* ---- breakpoints --------------------------------------------------------- */

static bool is_break(uint64_t va)
{
	for (unsigned int k = 0; k < gdb.nr_breaks; k++)
		if (gdb.breaks[k] == va)
			return true;
	return false;
}

int gdb_break_set(uint64_t va)
{
	if (is_break(va))
		return 0;
	if (gdb.nr_breaks == MAX_BREAKS)
		return -ENOSPC;
	gdb.breaks[gdb.nr_breaks++] = va;
	return stops_set(STOPS_GDB, gdb.breaks, gdb.nr_breaks);
}

int gdb_break_clear(uint64_t va)
{
	for (unsigned int k = 0; k < gdb.nr_breaks; k++)
		if (gdb.breaks[k] == va)
			gdb.breaks[k] = gdb.breaks[--gdb.nr_breaks];
	return stops_set(STOPS_GDB, gdb.breaks, gdb.nr_breaks);
}

void gdb_break_clear_all(void)
{
	gdb.nr_breaks = 0;
	stops_set(STOPS_GDB, NULL, 0);
}

/* ---- a thread ------------------------------------------------------------ */

void gdb_before(struct user_thread *t)
{
	if (!is_debugged(t))
		return;
	pthread_mutex_lock(&gdb.lock);
	if (gdb.stopping || t->gdb.action == GDB_STAY) {
		wait_here(t);
		rseq_signal(t);
	}
	t->gdb.stepping = t->gdb.action == GDB_STEP;
	if (t->gdb.stepping)
		cpu_set_step(t->cpu, true);
	pthread_mutex_unlock(&gdb.lock);
}

bool gdb_after(struct user_thread *t, enum cpu_exit_reason reason)
{
	bool at_break;

	if (t->gdb.stepping)
		cpu_set_step(t->cpu, false);
	if (reason != CPU_EXIT_DEBUG || !is_debugged(t))
		return false;
	if (t->gdb.stepping)
		return true;
	pthread_mutex_lock(&gdb.lock);
	at_break = is_break(t->cpu->pc);
	pthread_mutex_unlock(&gdb.lock);
	if (at_break)
		tell(t, SIGTRAP);
	return at_break;
}

void gdb_stepped(struct user_thread *t)
{
	if (t->gdb.stepping && is_debugged(t) && !t->ended)
		tell(t, SIGTRAP);
	t->gdb.stepping = false;
}

int gdb_signal(struct user_thread *t, int sig)
{
	if (!is_debugged(t) || (gdb.passed & signal_bit(sig)))
		return sig;
	while (!tell(t, sig))
		if (!gdb_on)
			return sig;
	return gdb_on ? t->gdb.signal : sig;
}

void gdb_pass_signals(uint64_t mask)
{
	gdb.passed = mask;
}

/* Those whose default action ends the process. */
bool gdb_catches(int sig)
{
	switch (sig) {
	case SIGKILL:
	case SIGSTOP:
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
	case SIGCONT:
	case SIGCHLD:
	case SIGURG:
	case SIGWINCH: return false;
	default: return gdb_on;
	}
}

void gdb_fork_prepare(void)
{
	pthread_mutex_lock(&gdb.lock);
}

void gdb_fork_done(void)
{
	pthread_mutex_unlock(&gdb.lock);
}

void gdb_forked_child(void)
{
	if (!gdb_on)
		return;
	gdb_on = false;
	gdb.stopping = false;
	gdb_break_clear_all();
}
