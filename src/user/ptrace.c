/* SPDX-License-Identifier: MIT */
/*
 * The call ptrace, see ptrace.h, and wait4, which says that a thread has stopped.
 */
#include "user/ptrace.h"

#include <elf.h>
#include <errno.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/log.h"
#include "base/types.h"
#include "cpu/cpu.h"
#include "cpu/fp/fp.h"
#include "user/abi.h"
#include "user/syscall.h"
#include "user/thread.h"

#define POLL_NS 200000

/* As arm64 Linux has NT_PRSTATUS and NT_PRFPREG. */
struct regs_arm64 {
	uint64_t x[31], sp, pc, pstate;
};
struct fpregs_arm64 {
	union vreg v[32];
	uint32_t fpsr, fpcr, reserved[2];
};
_Static_assert(sizeof(struct fpregs_arm64) == 528, "NT_PRFPREG");

/* ---- threads ------------------------------------------------------------- */

struct search {
	pid_t tid;
	struct user_thread *found;
};

static void note_if_it(struct user_thread *t, void *arg)
{
	struct search *s = arg;

	if (t->tid == s->tid)
		s->found = t;
}

/* With the lock of all threads, as long as it is held. NULL: none of the program's. */
static struct user_thread *thread_of(pid_t tid)
{
	struct search s = {.tid = tid};

	threads_each(note_if_it, &s);
	return s.found;
}

/* Likewise, one that the calling process traces; NULL: it does not. */
static struct user_thread *tracee_of(pid_t tid)
{
	struct user_thread *t = thread_of(tid);

	return t && t->traced.by == (uint32_t)getpid() ? t : NULL;
}

static void let_go(struct user_thread *t)
{
	t->traced.told = false;
	atomic_store(&t->traced.by, 0);
	host_raw(SYS_futex, &t->traced.by, FUTEX_WAKE, INT32_MAX);
}

void ptrace_park(struct user_thread *t)
{
	uint32_t by;

	while ((by = atomic_load(&t->traced.by)))
		host_raw(SYS_futex, &t->traced.by, FUTEX_WAIT, by, NULL);
	/* A stop is a preemption. */
	rseq_signal(t);
}

static void let_go_of(struct user_thread *t, void *arg)
{
	if (t->traced.by == *(const uint32_t *)arg)
		let_go(t);
}

void ptrace_tracer_gone(pid_t pid)
{
	uint32_t by = (uint32_t)pid;

	threads_lock();
	threads_each(let_go_of, &by);
	threads_unlock();
}

/* ---- requests: with the lock --------------------------------------------- */

static long attach(pid_t tid)
{
	struct user_thread *t = thread_of(tid);

	if (!t)
		return -ESRCH;
	if (t->traced.by)
		return -EPERM;
	t->traced.told = false;
	atomic_store(&t->traced.by, (uint32_t)getpid());
	cpu_request(t->cpu, CPU_REQ_KICK);
	return 0;
}

static long detach(pid_t tid)
{
	struct user_thread *t = tracee_of(tid);

	if (!t)
		return -ESRCH;
	let_go(t);
	return 0;
}

static void regs_get(const struct cpu *cpu, struct regs_arm64 *r)
{
	memcpy(r->x, cpu->x, sizeof(r->x));
	r->sp = cpu->x[REG_SP];
	r->pc = cpu->pc;
	r->pstate = cpu_pstate(cpu);
}

static void fpregs_get(const struct cpu *cpu, struct fpregs_arm64 *r)
{
	memset(r, 0, sizeof(*r));
	memcpy(r->v, cpu->vreg, sizeof(r->v));
	r->fpsr = cpu_fpsr(cpu);
	r->fpcr = cpu->fpcr;
}

/* One of the sets of registers, in words of @unit bytes. */
struct regset {
	const void *from;
	uint64_t size, unit;
};

static long get_regset(pid_t tid, uint64_t set, uint64_t addr)
{
	const struct user_thread *t = tracee_of(tid);
	struct regs_arm64 regs;
	struct fpregs_arm64 fpregs;
	/* TPIDR2_EL0, too, which is 0 without SME. */
	uint64_t tls[2] = {0};
	struct regset s;
	struct iovec iov;

	if (!t || !t->traced.told)
		return -ESRCH;
	if (copy_from_user(&iov, (const void *)addr, sizeof(iov)))
		return -EFAULT;
	switch (set) {
	case NT_PRSTATUS:
		regs_get(t->cpu, &regs);
		s = (struct regset){&regs, sizeof(regs), sizeof(uint64_t)};
		break;
	case NT_PRFPREG:
		fpregs_get(t->cpu, &fpregs);
		s = (struct regset){&fpregs, sizeof(fpregs), sizeof(uint32_t)};
		break;
	case NT_ARM_TLS:
		tls[0] = t->cpu->sys.tpidr_el0;
		s = (struct regset){tls, sizeof(tls), sizeof(*tls)};
		break;
	default: return -EINVAL;
	}
	if (iov.iov_len % s.unit)
		return -EINVAL;
	iov.iov_len = min_u64(iov.iov_len, s.size);
	if (copy_to_user(iov.iov_base, s.from, iov.iov_len) ||
	    copy_to_user((void *)addr, &iov, sizeof(iov)))
		return -EFAULT;
	return 0;
}

static long kill_tracee(pid_t tid)
{
	if (!tracee_of(tid))
		return -ESRCH;
	return host_raw(SYS_tkill, tid, SIGKILL);
}

/* ---- the calls ----------------------------------------------------------- */

/* gdbserver does not look at the answer and waits for ever: this says what there is
 * instead. */
static long missing(void)
{
	static atomic_bool told;

	if (!atomic_exchange(&told, true))
		log_warn("ptrace of another process is not implemented: "
			 "ENOSYS; `fauxkvm run --gdb PORT` is for debuggers, "
			 "FAUXKVM_LOG=debug writes system calls");
	return -ENOSYS;
}

/* What a thread has said of being in cpu_run() before it looked for the request is seen. */
static void fence_all(void)
{
	host_raw(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0,
		 0);
	host_raw(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

long call_ptrace(struct user_thread *t, const uint64_t args[6])
{
	const pid_t tid = (pid_t)args[1];
	long ret;

	if (!t->beside || user_abi->word != 8)
		return missing();
	threads_lock();
	switch (args[0]) {
	case PTRACE_ATTACH: ret = attach(tid); break;
	case PTRACE_DETACH: ret = detach(tid); break;
	case PTRACE_GETREGSET: ret = get_regset(tid, args[2], args[3]); break;
	case PTRACE_KILL: ret = kill_tracee(tid); break;
	default: ret = tracee_of(tid) ? -EIO : -ESRCH;
	}
	threads_unlock();
	if (!ret && args[0] == PTRACE_ATTACH)
		fence_all();
	return ret;
}

/* Once, when it is outside cpu_run(): 1; 0: not yet; -ECHILD: it is no tracee that has anything
 * to tell. */
static int stop_take(pid_t tid)
{
	struct user_thread *t;
	int ret = -ECHILD;

	threads_lock();
	t = tracee_of(tid);
	if (t && !t->traced.told) {
		t->traced.told = !t->executes;
		ret = t->traced.told;
	}
	threads_unlock();
	return ret;
}

static long wait_for_tracee(pid_t tid, uint64_t status, uint64_t options)
{
	const struct timespec a_while = {.tv_nsec = POLL_NS};
	const int stopped = SIGSTOP << 8 | 0x7f;
	int ret;

	while (!(ret = stop_take(tid)) && !(options & WNOHANG)) {
		/* Its process may have been killed. */
		if (host_raw(SYS_tkill, tid, 0) < 0)
			return -ECHILD;
		host_raw(SYS_nanosleep, &a_while, NULL);
	}
	if (ret > 0 && status &&
	    copy_to_user((void *)status, &stopped, sizeof(stopped)))
		return -EFAULT;
	return ret > 0 ? tid : ret;
}

long call_wait4(struct user_thread *t, const uint64_t args[6])
{
	const pid_t pid = (pid_t)args[0];
	long ret;

	if (unlikely(t->beside) && pid > 0) {
		ret = wait_for_tracee(pid, args[1], args[2]);
		if (ret != -ECHILD)
			return ret;
	}
	return user_host_call(SYS_wait4, args);
}
