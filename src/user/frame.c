/* SPDX-License-Identifier: MIT */
/*
 * The frame of a signal handler of the program's, see frame.h.
 */
#include "user/frame.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/fault.h"
#include "base/types.h"
#include "cpu/cpu.h"
#include "cpu/fp/fp.h"
#include "user/abi.h"
#include "user/signal.h"
#include "user/thread.h"
#include "user/vdso.h"

#define SA_RESTORER_FLAG 0x04000000
#define SS_AUTODISARM_   (1u << 31)

/* Mode and execution state, D, A, I and F: of a program they are 0. */
#define PSTATE_REFUSED UINT64_C(0x3df)
#define PSTATE_NZCV    UINT64_C(0xf0000000)
#define PSTATE_SSBS    (UINT64_C(1) << 12)
#define PSTATE_DIT     (UINT64_C(1) << 24)

#define FPSIMD_MAGIC 0x46508001
#define ESR_MAGIC    0x45535201

struct record {
	uint32_t magic, size;
};

struct record_fpsimd {
	struct record head;
	uint32_t fpsr, fpcr;
	union vreg vreg[32];
};

struct record_esr {
	struct record head;
	uint64_t esr;
};

struct signal_context {
	uint64_t fault_address;
	uint64_t x[31], sp, pc, pstate;
	uint8_t reserved[4096] __attribute__((aligned(16)));
};

struct signal_frame {
	siginfo_t info;
	uint64_t flags, link;
	struct user_altstack stack;
	uint64_t mask;
	uint8_t unused[1024 / 8 - 8];
	struct signal_context mc __attribute__((aligned(16)));
};

/* As a function's: next frame, return address. */
struct frame_record {
	uint64_t fp, lr;
};

_Static_assert(sizeof(siginfo_t) == 128, "siginfo");
_Static_assert(offsetof(struct signal_frame, mc) == 128 + 176, "ucontext");
_Static_assert(offsetof(struct signal_context, reserved) == 288, "sigcontext");
_Static_assert(sizeof(struct record_fpsimd) == 528, "fpsimd_context");
_Static_assert(sizeof(struct signal_frame) + sizeof(struct frame_record) ==
		       FRAME_SIZE - 16,
	       "AT_MINSIGSTKSZ");

bool frame_on_altstack(const struct user_thread *t, uint64_t sp)
{
	const struct user_altstack *alt = &t->signals.alt;

	if ((uint32_t)alt->flags & SS_AUTODISARM_)
		return false;
	return sp > alt->sp && sp - alt->sp <= alt->size;
}

long frame_set_altstack(struct user_thread *t, const struct user_altstack *new)
{
	struct user_altstack *alt = &t->signals.alt;
	const uint32_t mode = (uint32_t) new->flags & ~SS_AUTODISARM_;

	if (frame_on_altstack(t, t->cpu->x[user_abi->sp]))
		return -EPERM;
	if (mode != SS_DISABLE && mode != SS_ONSTACK && mode != 0)
		return -EINVAL;
	if (mode == SS_DISABLE) {
		*alt = (struct user_altstack){.flags = new->flags};
		return 0;
	}
	if (new->size < user_abi->altstack_min)
		return -ENOMEM;
	*alt = *new;
	alt->pad = 0;
	return 0;
}

/* ---- making one ---------------------------------------------------------- */

static void records_fill(uint8_t *at, const struct user_thread *t)
{
	const struct cpu *cpu = t->cpu;
	struct record_fpsimd fp = {
		.head = {FPSIMD_MAGIC, sizeof(fp)},
		.fpsr = cpu_fpsr(cpu),
		.fpcr = cpu->fpcr,
	};
	struct record_esr esr = {
		.head = {ESR_MAGIC, sizeof(esr)},
		.esr = t->signals.fault_esr,
	};

	memcpy(fp.vreg, cpu->vreg, sizeof(fp.vreg));
	memcpy(at, &fp, sizeof(fp));
	at += sizeof(fp);
	if (esr.esr) {
		memcpy(at, &esr, sizeof(esr));
		at += sizeof(esr);
	}
	memset(at, 0, sizeof(struct record));
}

static void frame_fill(struct signal_frame *f, const struct user_thread *t,
		       const siginfo_t *info, uint64_t saved)
{
	const struct user_signals *s = &t->signals;
	const struct cpu *cpu = t->cpu;

	f->info = *info;
	/* As sigaltstack() had it, whether or not it is in use. */
	f->stack = s->alt;
	f->mask = saved;
	f->mc.fault_address = s->fault_address;
	memcpy(f->mc.x, cpu->x, sizeof(f->mc.x));
	f->mc.sp = cpu->x[REG_SP];
	f->mc.pc = cpu->pc;
	f->mc.pstate = cpu_pstate(cpu);
	records_fill(f->mc.reserved, t);
}

static uint64_t stack_top(const struct user_thread *t,
			  const struct user_action *act)
{
	const struct user_altstack *alt = &t->signals.alt;
	uint64_t sp = t->cpu->x[REG_SP];

	if ((act->flags & SA_ONSTACK) && alt->size && !frame_on_altstack(t, sp))
		sp = alt->sp + alt->size;
	return sp & ~UINT64_C(15);
}

static void handler_enter(struct user_thread *t, const struct user_action *act,
			  int sig, uint64_t frame, uint64_t record)
{
	struct cpu *cpu = t->cpu;

	cpu->x[0] = (uint64_t)sig;
	if (act->flags & SA_SIGINFO) {
		cpu->x[1] = frame + offsetof(struct signal_frame, info);
		cpu->x[2] = frame + offsetof(struct signal_frame, flags);
	}
	cpu->x[29] = record;
	cpu->x[30] = act->flags & SA_RESTORER_FLAG ? act->restorer
						   : vdso_sigreturn();
	cpu->x[REG_SP] = frame;
	cpu->pc = act->handler;
	cpu->excl_valid = false;
	if ((uint32_t)t->signals.alt.flags & SS_AUTODISARM_)
		t->signals.alt = (struct user_altstack){.flags = SS_DISABLE};
}

int frame_push(struct user_thread *t, const struct user_action *act, int sig,
	       const siginfo_t *info, uint64_t saved)
{
	struct frame_record record = {t->cpu->x[29], t->cpu->x[30]};
	uint64_t record_at = stack_top(t, act) - sizeof(record);
	uint64_t at = record_at - sizeof(struct signal_frame);
	struct signal_frame f = {0};

	/* One that would leave the alternate stack it is on. */
	if (frame_on_altstack(t, t->cpu->x[REG_SP]) &&
	    (act->flags & SA_ONSTACK) && !frame_on_altstack(t, at))
		return -EFAULT;
	frame_fill(&f, t, info, saved);
	if (copy_to_user((void *)at, &f, sizeof(f)) ||
	    copy_to_user((void *)record_at, &record, sizeof(record)))
		return -EFAULT;
	handler_enter(t, act, sig, at, record_at);
	return 0;
}

/* ---- coming back --------------------------------------------------------- */

/* The record of FP and SIMD, which has to be there: NULL otherwise, or if the records
 * are none that could have been made. */
static const struct record_fpsimd *records_read(const struct signal_frame *f)
{
	const struct record_fpsimd *fp = NULL;
	size_t at = 0;

	while (at + sizeof(struct record) <= sizeof(f->mc.reserved)) {
		const struct record *r =
			(const struct record *)(f->mc.reserved + at);

		if (!r->magic)
			return r->size ? NULL : fp;
		if (r->size < sizeof(*r) || r->size % 16 ||
		    r->size > sizeof(f->mc.reserved) - at)
			return NULL;
		if (r->magic == FPSIMD_MAGIC) {
			if (fp || r->size < sizeof(*fp))
				return NULL;
			fp = (const struct record_fpsimd *)r;
		} else if (r->magic != ESR_MAGIC) {
			return NULL;
		}
		at += r->size;
	}
	return NULL;
}

static void registers_set(struct cpu *cpu, const struct signal_context *mc,
			  const struct record_fpsimd *fp)
{
	memcpy(cpu->x, mc->x, sizeof(mc->x));
	cpu->x[REG_SP] = mc->sp;
	cpu->pc = mc->pc;
	cpu_set_pstate(cpu,
		       mc->pstate & (PSTATE_NZCV | PSTATE_SSBS | PSTATE_DIT));
	memcpy(cpu->vreg, fp->vreg, sizeof(fp->vreg));
	fp_write_fpcr(cpu, fp->fpcr);
	fp_write_fpsr(cpu, fp->fpsr);
	cpu->excl_valid = false;
}

long frame_pop(struct user_thread *t,
	       long (*set_mask)(struct user_thread *t, uint64_t mask))
{
	uint64_t sp = t->cpu->x[REG_SP];
	const struct record_fpsimd *fp;
	struct signal_frame f;
	long ret;

	if ((sp & 15) || copy_from_user(&f, (const void *)sp, sizeof(f)))
		return -EFAULT;
	fp = records_read(&f);
	if (!fp || (f.mc.pstate & PSTATE_REFUSED))
		return -EFAULT;
	ret = set_mask(t, f.mask);
	if (ret)
		return ret;
	registers_set(t->cpu, &f.mc, fp);
	/* Its refusals don't matter here. */
	frame_set_altstack(t, &f.stack);
	return 0;
}
