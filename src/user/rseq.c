/* SPDX-License-Identifier: MIT */
/*
 * Restartable sequences, see rseq.h.
 *
 * The host's C library registers an area of its own for each thread, and a thread
 * has one: it goes when the program registers its.
 */
#include "user/rseq.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <linux/rseq.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/log.h"
#include "cpu/cpu.h"
#include "cpu/exception.h"
#include "user/lock.h"
#include "user/stops.h"
#include "user/syscall.h"
#include "user/thread.h"

/* A section that takes longer begins anew, as if its time were up. */
#define STEPS_MAX 65536

/* Sections that the program has. */
static struct {
	struct rseq_section *s;
	unsigned int n;
} known;

static bool is_in(const struct rseq_section *s, uint64_t pc)
{
	return pc - s->start < s->len;
}

/* The section that @pc is in, or at the beginning of. False: none. */
static bool find_section(uint64_t pc, struct rseq_section *out)
{
	bool found = false;

	lock_take(LOCK_RSEQ_TABLE);
	for (unsigned int k = 0; !found && k < known.n; k++) {
		found = is_in(&known.s[k], pc);
		if (found)
			*out = known.s[k];
	}
	lock_release(LOCK_RSEQ_TABLE);
	return found;
}

/* ---- which there are ----------------------------------------------------- */

/* PEs stop at all of them. With the lock. */
static void tell_stops(void)
{
	uint64_t *va = malloc(known.n * sizeof(*va) + 1);

	for (unsigned int k = 0; va && k < known.n; k++)
		va[k] = known.s[k].start;
	if (!va || stops_set(STOPS_RSEQ, va, known.n))
		log_warn("no memory for critical sections");
	free(va);
}

void rseq_file_mapped(int fd, uint64_t addr, uint64_t offset)
{
	unsigned int n;
	struct rseq_section *s = rseq_file_sections(fd, addr, offset, &n);
	struct rseq_section *all, *old = NULL;

	if (!n)
		return;
	lock_take(LOCK_RSEQ_TABLE);
	all = malloc((known.n + n) * sizeof(*all));
	if (all) {
		old = known.s;
		if (known.n)
			memcpy(all, old, known.n * sizeof(*all));
		memcpy(all + known.n, s, n * sizeof(*all));
		/* Whoever does it may be killed: the old ones are there until
		 * the new ones are. */
		__atomic_store_n(&known.s, all, __ATOMIC_RELEASE);
		__atomic_store_n(&known.n, known.n + n, __ATOMIC_RELEASE);
		tell_stops();
	}
	lock_release(LOCK_RSEQ_TABLE);
	free(old);
	free(s);
}

void rseq_code_gone(uint64_t start, uint64_t end)
{
	unsigned int kept = 0;

	if (!__atomic_load_n(&known.n, __ATOMIC_RELAXED))
		return;
	lock_take(LOCK_RSEQ_TABLE);
	for (unsigned int k = 0; k < known.n; k++)
		if (known.s[k].start < start || known.s[k].start >= end)
			known.s[kept++] = known.s[k];
	if (kept != known.n) {
		known.n = kept;
		tell_stops();
	}
	lock_release(LOCK_RSEQ_TABLE);
}

/* ---- in one -------------------------------------------------------------- */

static uint64_t *area_pointer(const struct user_thread *t)
{
	return (uint64_t *)(t->rseq.area + offsetof(struct rseq, rseq_cs));
}

/* Begin anew. What does not lead to an abort handler kills, as Linux does it. */
static void section_abort(struct user_thread *t, const struct rseq_section *s)
{
	static const uint64_t none;
	uint32_t sig = ~t->rseq.sig;

	if (copy_to_user(area_pointer(t), &none, sizeof(none)) ||
	    copy_from_user(&sig, (void *)(s->abort - 4), sizeof(sig)) ||
	    sig != t->rseq.sig) {
		const siginfo_t info = {.si_signo = SIGSEGV,
					.si_code = SI_KERNEL};

		signal_kill(t, &info);
	}
	t->cpu->pc = s->abort;
}

/* Where the host's kernel has taken the pointer away, it was preempted since. */
static bool is_announced(const struct user_thread *t)
{
	uint64_t pointer;

	return !copy_from_user(&pointer, area_pointer(t), sizeof(pointer)) &&
	       pointer;
}

static enum cpu_exit_reason step(struct user_thread *t)
{
	enum cpu_exit_reason reason;

	t->executes = true;
	reason = cpu_run(t->cpu);
	t->executes = false;
	return reason;
}

static bool goes_on(const struct user_thread *t, const struct rseq_section *s)
{
	return is_in(s, t->cpu->pc) && is_announced(t) &&
	       !signal_waits(&t->signals);
}

/* Of what it leaves the section for, only its own faults and calls are dealt with
 * while it is inside. */
static enum cpu_exit_reason section_run(struct user_thread *t,
					const struct rseq_section *s)
{
	enum cpu_exit_reason reason = CPU_EXIT_DEBUG;

	lock_take(LOCK_RSEQ_INSIDE);
	cpu_set_step(t->cpu, true);
	for (unsigned int k = 0; goes_on(t, s) && k < STEPS_MAX; k++) {
		reason = step(t);
		if (reason != CPU_EXIT_DEBUG)
			break;
	}
	cpu_set_step(t->cpu, false);
	lock_release(LOCK_RSEQ_INSIDE);
	if (reason != CPU_EXIT_SYNC && reason != CPU_EXIT_HOST_FAULT &&
	    is_in(s, t->cpu->pc))
		section_abort(t, s);
	return reason;
}

/* Past the stop, for a thread that has no area. */
static enum cpu_exit_reason pass(struct user_thread *t)
{
	enum cpu_exit_reason reason;

	cpu_set_step(t->cpu, true);
	reason = step(t);
	cpu_set_step(t->cpu, false);
	return reason;
}

enum cpu_exit_reason rseq_stopped(struct user_thread *t)
{
	struct rseq_section s;

	/* Which may be gone by now, or was not for us. */
	if (!find_section(t->cpu->pc, &s) || !t->rseq.area)
		return pass(t);
	if (is_announced(t))
		return section_run(t, &s);
	section_abort(t, &s);
	return CPU_EXIT_DEBUG;
}

/* All of @n bytes copied, from a process's own memory to its own. Where SIGSEGV is blocked,
 * as in a handler, copy_from_user() would be the end. */
static bool copies(long nr, void *here, uint64_t there, size_t n)
{
	const struct iovec local = {here, n}, other = {(void *)there, n};

	return host_raw(nr, getpid(), &local, 1, &other, 1, 0) == (long)n;
}

bool rseq_kills(const struct user_thread *t)
{
	const size_t flags_at = offsetof(struct rseq, flags);
	struct rseq a;

	if (!t->rseq.area)
		return false;
	/* The flags are the program's alone. */
	return !copies(SYS_process_vm_readv, &a, t->rseq.area,
		       flags_at + sizeof(a.flags)) ||
	       a.rseq_cs ||
	       !copies(SYS_process_vm_writev, &a.flags, t->rseq.area + flags_at,
		       sizeof(a.flags));
}

void rseq_signal(struct user_thread *t)
{
	struct rseq_section s;

	if (unlikely(t->rseq.area && known.n) && find_section(t->cpu->pc, &s))
		section_abort(t, &s);
}

/* ---- the calls ----------------------------------------------------------- */

static long host_rseq(uint64_t area, uint64_t len, uint64_t flags, uint64_t sig)
{
	return host_raw(SYS_rseq, area, len, flags, sig);
}

/* That of the host's C library, if it has one. */
static void host_area_drop(void)
{
	if (__rseq_size)
		host_rseq((uint64_t)__builtin_thread_pointer() +
				  (uint64_t)__rseq_offset,
			  sizeof(struct rseq), RSEQ_FLAG_UNREGISTER, RSEQ_SIG);
}

long call_rseq(struct user_thread *t, const uint64_t args[6])
{
	long ret;

	if (!t->rseq.area)
		host_area_drop();
	ret = host_rseq(args[0], args[1], args[2], args[3]);
	if (ret)
		return ret;
	if (args[2] & RSEQ_FLAG_UNREGISTER)
		t->rseq.area = 0;
	else
		t->rseq = (struct user_rseq){args[0], (uint32_t)args[1],
					     (uint32_t)args[3]};
	return 0;
}

/* The kernel would write there until the host's thread is gone. */
void rseq_end(struct user_thread *t)
{
	if (t->rseq.area)
		host_rseq(t->rseq.area, t->rseq.len, RSEQ_FLAG_UNREGISTER,
			  t->rseq.sig);
	t->rseq.area = 0;
}

/* Whoever is in a section has come to its end, or begins anew. */
long call_membarrier(struct user_thread *t, const uint64_t args[6])
{
	long ret = host_raw(SYS_membarrier, args[0], args[1], args[2]);

	(void)t;
	if (!ret && (int)args[0] == MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ) {
		lock_take(LOCK_RSEQ_INSIDE);
		lock_release(LOCK_RSEQ_INSIDE);
	}
	return ret;
}

/* ---- fork ---------------------------------------------------------------- */

void rseq_fork_prepare(void)
{
	lock_take(LOCK_RSEQ_TABLE);
}

void rseq_fork_done(void)
{
	lock_release(LOCK_RSEQ_TABLE);
}

void rseq_forked_child(void)
{
	lock_release(LOCK_RSEQ_INSIDE);
}
