/* SPDX-License-Identifier: MIT */
/*
 * System calls of 32-bit Arm's EABI, see arm.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/types.h"
#include "cpu/cpu.h"
#include "isa/a32/a32.h"
#include "user/arm.h"
#include "user/seccomp.h"
#include "user/syscall.h"
#include "user/thread.h"
#include "user/trace.h"

static const struct arm_call calls[] = {
#include "user/arm-calls.def"
};

/* Those of the architecture (__ARM_NR_*). */
#define PRIVATE_BASE 0x0f0000u
static const struct arm_call private_calls[] = {
	[2] = {"cacheflush", NULL, {A_U, A_U, A_U}, arm_cacheflush},
	[5] = {"set_tls", NULL, {A_U}, arm_set_tls},
};

static const struct arm_call *call_of(uint32_t nr)
{
	const struct arm_call *c = NULL;

	if (nr < ARRAY_SIZE(calls))
		c = &calls[nr];
	else if (nr - PRIVATE_BASE < ARRAY_SIZE(private_calls))
		c = &private_calls[nr - PRIVATE_BASE];
	return c && c->name ? c : NULL;
}

/* Arm64's call that does @c, looked for once. */
static const struct user_call *target(const struct arm_call *c)
{
	static const struct user_call *known[ARRAY_SIZE(calls)];
	const struct user_call **k = &known[c - calls];
	const struct user_call *found = __atomic_load_n(k, __ATOMIC_RELAXED);

	if (!found) {
		found = user_call_named(c->to);
		__atomic_store_n(k, found, __ATOMIC_RELAXED);
	}
	return found;
}

/* ---- arguments ----------------------------------------------------------- */

struct converted {
	uint64_t args[6]; /* arm64's */
	unsigned int n;
	struct {
		const struct arm_struct *s;
		uint32_t addr;
	} of[6];
	uint64_t room[6][ARM_HOST_MAX / 8];
};

/* 0 or -EFAULT. */
static long struct_in(struct converted *c, const struct arm_struct *s,
		      uint32_t addr)
{
	uint8_t bytes[ARM_HOST_MAX];
	uint64_t *host = c->room[c->n];

	c->of[c->n].s = addr ? s : NULL;
	c->of[c->n].addr = addr;
	c->args[c->n] = addr ? (uint64_t)host : 0;
	if (!addr || !s->in)
		return 0;
	if (copy_from_user(bytes, (void *)(uint64_t)addr, s->arm))
		return -EFAULT;
	s->in(host, bytes);
	return 0;
}

static long structs_out(const struct converted *c, long ret)
{
	uint8_t bytes[ARM_HOST_MAX];

	for (unsigned int k = 0; k < c->n; k++) {
		const struct arm_struct *s = c->of[k].s;

		if (!s || !s->out ||
		    (s->if_interrupted ? ret != -EINTR : ret < 0))
			continue;
		memset(bytes, 0, sizeof(bytes));
		if (!s->out(bytes, c->room[k]))
			return -EOVERFLOW;
		if (copy_to_user((void *)(uint64_t)c->of[k].addr, bytes,
				 s->arm))
			return -EFAULT;
	}
	return ret;
}

static long args_in(struct converted *c, const struct arm_call *call,
		    const uint64_t regs[7])
{
	unsigned int r = 0;
	long ret = 0;

	for (const uint8_t *k = call->args;
	     !ret && k < call->args + sizeof(call->args) && *k; k++) {
		uint64_t *to = &c->args[c->n];

		switch (*k) {
		case A_U: *to = regs[r++]; break;
		case A_S: *to = (uint64_t)(int64_t)(int32_t)regs[r++]; break;
		case A_LONG:
			r = ALIGN_UP(r, 2);
			*to = regs[r] | regs[r + 1] << 32;
			r += 2;
			break;
		case A_HALVES:
			*to = regs[r] | regs[r + 1] << 32;
			r += 2;
			break;
		case A_SKIP: r++; continue;
		case A_ZERO: *to = 0; break;
		case A_CWD: *to = (uint64_t)AT_FDCWD; break;
		case A_REMOVEDIR: *to = AT_REMOVEDIR; break;
		case A_NOFOLLOW: *to = AT_SYMLINK_NOFOLLOW; break;
		default:
			ret = struct_in(c, arm_struct_of(*k),
					(uint32_t)regs[r++]);
		}
		c->n++;
	}
	return ret;
}

static __attribute__((noinline)) long pass(struct user_thread *t,
					   const struct arm_call *call,
					   const uint64_t regs[7])
{
	struct converted c;
	long ret;

	c.n = 0;
	memset(c.args, 0, sizeof(c.args));
	memset(c.of, 0, sizeof(c.of));
	ret = args_in(&c, call, regs);
	if (ret)
		return ret;
	ret = user_call_do(t, target(call), c.args);
	return ret == USER_AGAIN || ret == USER_REGISTERS_SET
		       ? ret
		       : structs_out(&c, ret);
}

/* ---- the call ------------------------------------------------------------ */

static long make(struct user_thread *t, uint32_t nr,
		 const struct arm_call *call, const uint64_t regs[7])
{
	if (call && call->fn)
		return call->fn(t, regs);
	if (call && call->to)
		return pass(t, call, regs);
	user_call_missing(nr, call ? call->name : NULL);
	return -ENOSYS;
}

/* As a row of arm64's table says it. */
static void trace(uint32_t nr, const struct arm_call *call,
		  const uint64_t regs[7], long ret)
{
	struct user_call shown = {.name = call ? call->name : NULL};

	for (unsigned int k = 0; call && k < 6 && call->args[k]; k++)
		shown.args[k] = ARG_VALUE;
	trace_call(nr, call ? &shown : NULL, regs, ret);
}

/* Made again: the SVC is what comes next, with PSTATE.IT as it was. */
static void go_back(struct cpu *cpu)
{
	cpu->pc -= cpu->isa == ISA_T32 ? 2 : 4;
	cpu->it = (uint8_t)cpu->exit.sync.far;
}

void arm_syscall(struct user_thread *t)
{
	const uint32_t nr = (uint32_t)t->cpu->x[7];
	const struct arm_call *call = call_of(nr);
	uint64_t regs[8] = {0};
	const uint64_t it = t->cpu->exit.sync.far;
	long ret;

	for (unsigned int k = 0; k < 7; k++)
		regs[k] = (uint32_t)t->cpu->x[k];
	if (likely(user_call_allowed(t, nr, regs, &ret)))
		ret = make(t, nr, call, regs);
	if (unlikely(log_enabled(LOG_DEBUG)))
		trace(nr, call, regs, ret);
	/* The call may have given the thread another PE. */
	t->cpu->exit.sync.far = it;
	if (ret == USER_AGAIN)
		go_back(t->cpu);
	else if (ret != USER_REGISTERS_SET)
		t->cpu->x[0] = (uint32_t)ret;
}
