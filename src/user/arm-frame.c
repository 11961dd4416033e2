/* SPDX-License-Identifier: MIT */
/*
 * The frame of a signal handler of 32-bit Arm's: ucontext with the VFP registers behind
 * the context, and siginfo in front of it if the handler asks for it; as arm64
 * Linux makes it for such programs.
 */
#include <errno.h>
#include <string.h>

#include "base/fault.h"
#include "base/types.h"
#include "cpu/cpu.h"
#include "cpu/exception.h"
#include "cpu/fp/fp.h"
#include "user/arm.h"
#include "user/frame.h"
#include "user/signal.h"
#include "user/syscall.h"
#include "user/thread.h"

#define SA_RESTORER_FLAG 0x04000000
#define SS_AUTODISARM_   (1u << 31)

#define CPSR_USR 0x10u
/* IT is in two places. */
#define CPSR_IT 0x0600fc00u
/* What a program may change: N, Z, C, V, Q, GE and these. */
#define CPSR_PROGRAM \
	(0xf80f0000u | CPSR_IT | CPSR_SSBS | CPSR_DIT | CPSR_E | CPSR_T)

/* FPSCR: what is FPSR and what FPCR. */
#define FPSCR_STATUS  0xf800009fu
#define FPSCR_CONTROL 0x07f79f00u

#define VFP_MAGIC   0x56465001u
#define VFP_ENABLED (1u << 30)

struct vfp_frame {
	uint32_t magic, size;
	uint64_t d[32];
	uint32_t fpscr, pad;
	uint32_t fpexc, unused[3];
};

struct context {
	uint32_t unused, error_code, oldmask;
	uint32_t r[16], cpsr, fault_address;
};

struct ucontext_arm {
	uint32_t flags, link;
	uint32_t stack_sp;
	int32_t stack_flags;
	uint32_t stack_size;
	struct context mc;
	uint64_t mask __attribute__((packed));
	uint32_t unused[30];
	uint32_t regs[128] __attribute__((aligned(8)));
};

struct frame_plain {
	struct ucontext_arm uc;
	uint32_t unused[2]; /* code, once */
};

struct frame_rt {
	uint8_t info[128];
	struct frame_plain plain;
};

_Static_assert(sizeof(struct vfp_frame) == 288, "compat_vfp_sigframe");
_Static_assert(offsetof(struct ucontext_arm, mc) == 20, "ucontext");
_Static_assert(offsetof(struct ucontext_arm, mask) == 104, "ucontext");
_Static_assert(offsetof(struct ucontext_arm, regs) == 232, "ucontext");
_Static_assert(sizeof(struct ucontext_arm) == 744, "ucontext");

/* A frame without siginfo says so where others have flags. */
#define FRAME_FLAGS 0x5ac3c35au

/* ---- making one ---------------------------------------------------------- */

static uint32_t fpscr_of(const struct cpu *cpu)
{
	return (cpu_fpsr(cpu) & FPSCR_STATUS) |
	       ((uint32_t)cpu->fpcr & FPSCR_CONTROL);
}

static void vfp_fill(uint32_t *at, const struct cpu *cpu)
{
	struct vfp_frame vfp = {
		.magic = VFP_MAGIC,
		.size = sizeof(vfp),
		.fpscr = fpscr_of(cpu),
		.fpexc = VFP_ENABLED,
	};

	for (unsigned int k = 0; k < 32; k++)
		vfp.d[k] = cpu->vreg[k / 2].d[k % 2];
	memcpy(at, &vfp, sizeof(vfp));
}

static void context_fill(struct context *mc, const struct user_thread *t,
			 uint64_t saved)
{
	const struct cpu *cpu = t->cpu;

	for (unsigned int k = 0; k < 15; k++)
		mc->r[k] = (uint32_t)cpu->x[k];
	mc->r[15] = (uint32_t)cpu->pc;
	mc->cpsr = cpu_a32_psr(cpu_pstate(cpu));
	/* Of a fault's syndrome a program sees only that it was a write. */
	mc->error_code = (t->signals.fault_esr >> 6 & 1) << 11;
	mc->fault_address = (uint32_t)t->signals.fault_address;
	mc->oldmask = (uint32_t)saved;
}

static void ucontext_fill(struct ucontext_arm *uc, const struct user_thread *t,
			  uint64_t saved)
{
	const struct user_signals *s = &t->signals;

	uc->stack_sp = (uint32_t)s->alt.sp;
	uc->stack_size = (uint32_t)s->alt.size;
	uc->stack_flags = s->alt.flags;
	context_fill(&uc->mc, t, saved);
	uc->mask = saved;
	vfp_fill(uc->regs, t->cpu);
}

static void handler_enter(struct user_thread *t, const struct user_action *act,
			  int sig, uint32_t frame)
{
	const bool thumb = act->handler & 1, rt = act->flags & SA_SIGINFO;
	struct cpu *cpu = t->cpu;
	uint32_t cpsr = (uint32_t)cpu_pstate(cpu) & ~(CPSR_IT | CPSR_T);

	cpu->x[0] = (uint32_t)sig;
	if (rt) {
		cpu->x[1] = frame + offsetof(struct frame_rt, info);
		cpu->x[2] = frame + offsetof(struct frame_rt, plain.uc);
	}
	cpu->x[ARM_REG_SP] = frame;
	cpu->x[ARM_REG_LR] = act->flags & SA_RESTORER_FLAG
				     ? (uint32_t)act->restorer
				     : arm_sigreturn(thumb, rt);
	cpu->pc = (uint32_t)act->handler & ~(thumb ? UINT32_C(1) : UINT32_C(3));
	cpu_set_pstate(cpu, cpsr | (thumb ? CPSR_T : 0));
	cpu->excl_valid = false;
	if ((uint32_t)t->signals.alt.flags & SS_AUTODISARM_)
		t->signals.alt = (struct user_altstack){.flags = SS_DISABLE};
}

int arm_frame_push(struct user_thread *t, const struct user_action *act,
		   int sig, const siginfo_t *info, uint64_t saved)
{
	const struct user_altstack *alt = &t->signals.alt;
	const bool rt = act->flags & SA_SIGINFO;
	uint64_t sp = t->cpu->x[ARM_REG_SP] & 0xffffffff, at;
	const bool on_alt = frame_on_altstack(t, sp);
	struct frame_rt f = {.plain.uc.flags = rt ? 0 : FRAME_FLAGS};
	const void *from = rt ? (const void *)&f : &f.plain;
	const size_t size = rt ? sizeof(f) : sizeof(f.plain);

	if ((act->flags & SA_ONSTACK) && alt->size && !on_alt)
		sp = alt->sp + alt->size;
	at = (sp - size) & ~UINT64_C(7);
	/* One that would leave the alternate stack it is on. */
	if (on_alt && (act->flags & SA_ONSTACK) && !frame_on_altstack(t, at))
		return -EFAULT;
	arm_siginfo_out(f.info, info);
	ucontext_fill(&f.plain.uc, t, saved);
	if (at > UINT32_MAX || copy_to_user((void *)at, from, size))
		return -EFAULT;
	handler_enter(t, act, sig, (uint32_t)at);
	return 0;
}

/* ---- coming back --------------------------------------------------------- */

static bool vfp_read(struct vfp_frame *vfp, const struct ucontext_arm *uc)
{
	memcpy(vfp, uc->regs, sizeof(*vfp));
	return vfp->magic == VFP_MAGIC && vfp->size == sizeof(*vfp);
}

static void registers_set(struct cpu *cpu, const struct context *mc,
			  const struct vfp_frame *vfp)
{
	for (unsigned int k = 0; k < 15; k++)
		cpu->x[k] = mc->r[k];
	cpu_set_pstate(cpu,
		       cpu_a32_pstate((mc->cpsr & CPSR_PROGRAM) | CPSR_USR));
	cpu->pc = mc->r[15] & ~(mc->cpsr & CPSR_T ? UINT32_C(1) : UINT32_C(3));
	for (unsigned int k = 0; k < 32; k++)
		cpu->vreg[k / 2].d[k % 2] = vfp->d[k];
	fp_write_fpcr(cpu, vfp->fpscr & FPSCR_CONTROL);
	fp_write_fpsr(cpu, vfp->fpscr & FPSCR_STATUS);
	cpu->excl_valid = false;
}

long arm_frame_pop(struct user_thread *t, bool rt)
{
	uint64_t sp = t->cpu->x[ARM_REG_SP] & 0xffffffff;
	struct vfp_frame vfp;
	struct frame_rt f;
	const struct ucontext_arm *uc = &f.plain.uc;
	long ret;

	if ((sp & 7) ||
	    copy_from_user(rt ? (void *)&f : &f.plain, (const void *)sp,
			   rt ? sizeof(f) : sizeof(f.plain)) ||
	    !vfp_read(&vfp, uc) ||
	    (uc->mc.cpsr & (CPSR_M | CPSR_A | CPSR_I | CPSR_F)) != CPSR_USR)
		return -EFAULT;
	ret = signal_set_mask(t, uc->mask);
	if (ret)
		return ret;
	registers_set(t->cpu, &uc->mc, &vfp);
	/* Its refusals don't matter here. */
	if (rt)
		frame_set_altstack(t, &(struct user_altstack){
					      .sp = uc->stack_sp,
					      .size = uc->stack_size,
					      .flags = uc->stack_flags,
				      });
	return 0;
}
