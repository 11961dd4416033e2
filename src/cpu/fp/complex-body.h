/* SPDX-License-Identifier: MIT */
/*
 * Bodies of vector floating point on complex numbers (FEAT_FCMA): FCADD and
 * FCMLA. For the element type of the including unit; a number is two elements, the
 * real part first. Included after fp/vector-body.h.
 */

/* Vm turned by 90 or 270 degrees is added. */
static void exec_fcadd(struct cpu *cpu, const struct insn *i)
{
	fp_t neg_re = i->form == 1 ? FP_SIGN : 0, neg_im = neg_re ^ FP_SIGN;
	union vreg n, m, *d;

	FP_CHECK;
	n = cpu->vreg[i->rn];
	m = cpu->vreg[i->rm];
	d = &cpu->vreg[i->rd];
	for (unsigned int e = 0; e < i->aux; e += 2) {
		d->FP_LANE[e] =
			fp_add(cpu, n.FP_LANE[e], m.FP_LANE[e + 1] ^ neg_re);
		d->FP_LANE[e + 1] =
			fp_add(cpu, n.FP_LANE[e + 1], m.FP_LANE[e] ^ neg_im);
	}
	fp_clear_rest(d, i->aux);
	NEXT;
}

/*
 * One part of Vn, the real one for a rotation of 0 or 180 degrees, by both of Vm,
 * exchanged for 90 and 270. @index: the number of Vm for all, or -1.
 */
static ALWAYS_INLINE void complex_muladd(struct cpu *cpu, const struct insn *i,
					 int index)
{
	bool turned = i->form & 1;
	fp_t neg_re = i->form == 1 || i->form == 2 ? FP_SIGN : 0;
	fp_t neg_im = i->form >= 2 ? FP_SIGN : 0;
	union vreg n, m, *d;

	FP_CHECK;
	n = cpu->vreg[i->rn];
	m = cpu->vreg[i->rm];
	d = &cpu->vreg[i->rd];
	for (unsigned int e = 0; e < i->aux; e += 2) {
		unsigned int b = index < 0 ? e : 2 * (unsigned int)index;
		fp_t a = n.FP_LANE[e + turned];

		d->FP_LANE[e] = fp_slow_muladd(cpu, FP_FORMAT, d->FP_LANE[e], a,
					       m.FP_LANE[b + turned] ^ neg_re);
		d->FP_LANE[e + 1] =
			fp_slow_muladd(cpu, FP_FORMAT, d->FP_LANE[e + 1], a,
				       m.FP_LANE[b + !turned] ^ neg_im);
	}
	fp_clear_rest(d, i->aux);
	NEXT;
}

static void exec_fcmla(struct cpu *cpu, const struct insn *i)
{
	complex_muladd(cpu, i, -1);
}

#if FP_BITS < 64
static void exec_fcmla_elem(struct cpu *cpu, const struct insn *i)
{
	complex_muladd(cpu, i, (int)i->imm);
}
#endif

static insn_fn *complex_body(const struct insn *i)
{
	switch (i->op) {
	case A64_FCADD: return exec_fcadd;
	case A64_FCMLA: return exec_fcmla;
#if FP_BITS < 64
	case A64_FCMLA_elem: return exec_fcmla_elem;
#endif
	default: return NULL;
	}
}
