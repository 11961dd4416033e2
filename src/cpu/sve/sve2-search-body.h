/* SPDX-License-Identifier: MIT */
/*
 * SVE2: tables of two vectors, and searches among elements of the including unit's size.
 * Included after sve2-body.h.
 */

/* ---- tables -------------------------------------------------------------- */

/* Of Zn and the register behind it. */
static void sve_tbl2(struct cpu *cpu, const struct insn *i)
{
	union sve_z *n = &cpu->sve->tmp[0], *n2 = &cpu->sve->tmp[1];
	const unsigned int count = elements(cpu);
	union sve_z *d = sve_dst(cpu, i->rd);
	const union sve_z *m;

	memcpy(n, sve_src(cpu, i->rn), sve_vl(cpu));
	memcpy(n2, sve_src(cpu, (i->rn + 1) & 31), sve_vl(cpu));
	m = sve_src(cpu, i->rm);
	for (unsigned int e = 0; e < count; e++) {
		uint64_t at = m->SVE_LANE[e];

		d->SVE_LANE[e] = at < count       ? n->SVE_LANE[at]
				 : at < 2 * count ? n2->SVE_LANE[at - count]
						  : (elem_t)0;
	}
	sve_done(cpu, i->rd);
}

/* What has no element there stays. */
static void sve_tbx(struct cpu *cpu, const struct insn *i)
{
	union sve_z *n = &cpu->sve->tmp[0], *d;
	const unsigned int count = elements(cpu);
	const union sve_z *m;

	memcpy(n, sve_src(cpu, i->rn), sve_vl(cpu));
	m = sve_src(cpu, i->rm);
	(void)sve_src(cpu, i->rd);
	d = sve_dst(cpu, i->rd);
	for (unsigned int e = 0; e < count; e++) {
		elem_t at = m->SVE_LANE[e];

		if (at < count)
			d->SVE_LANE[e] = n->SVE_LANE[at];
	}
	sve_done(cpu, i->rd);
}

/* ---- searches ------------------------------------------------------------ */

#if SVE_BITS <= 16
/* Which active elements are among those of the same 128 bits of Zm, or are not. */
static ALWAYS_INLINE void match(struct cpu *cpu, const struct insn *i,
				bool wanted)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	const struct sve_p *g = sve_p(cpu, i->aux);
	const unsigned int per_q = 128 / SVE_BITS;
	struct sve_p r = {{0}};

	for (unsigned int e = 0; e < elements(cpu); e++) {
		const elem_t *among = &m->SVE_LANE[e - e % per_q];
		unsigned int bit = e << SVE_LOG2, k = 0;

		if (!active(g, e))
			continue;
		while (k < per_q && among[k] != n->SVE_LANE[e])
			k++;
		if ((k < per_q) == wanted)
			r.w[bit / 64] |= BIT(bit % 64);
	}
	sve_pred_test(cpu, g, &r, SVE_LOG2);
	cpu->sve->p[i->rd] = r;
}

static void sve_match(struct cpu *cpu, const struct insn *i)
{
	match(cpu, i, true);
}

static void sve_nmatch(struct cpu *cpu, const struct insn *i)
{
	match(cpu, i, false);
}
#endif

#if SVE_BITS == 8
/* How many of Zm's same 128 bits are equal. */
static void sve_histseg(struct cpu *cpu, const struct insn *i)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	union sve_z *m = &cpu->sve->tmp[0];
	union sve_z *d = sve_dst(cpu, i->rd);

	memcpy(m, sve_src(cpu, i->rm), sve_vl(cpu));
	for (unsigned int e = 0; e < elements(cpu); e++) {
		const uint8_t *among = &m->b[e - e % 16];
		unsigned int equal = 0;

		for (unsigned int k = 0; k < 16; k++)
			equal += among[k] == n->b[e] ? 1 : 0;
		d->b[e] = (uint8_t)equal;
	}
	sve_done(cpu, i->rd);
}
#endif

#if SVE_BITS >= 32
/* How many active ones of Zm up to the element's number are equal. */
static void sve_histcnt(struct cpu *cpu, const struct insn *i)
{
	union sve_z *n = &cpu->sve->tmp[0], *m = &cpu->sve->tmp[1];
	const struct sve_p *g = sve_p(cpu, i->aux);
	union sve_z *d = sve_dst(cpu, i->rd);

	memcpy(n, sve_src(cpu, i->rn), sve_vl(cpu));
	memcpy(m, sve_src(cpu, i->rm), sve_vl(cpu));
	for (unsigned int e = 0; e < elements(cpu); e++) {
		elem_t equal = 0;

		for (unsigned int k = 0; active(g, e) && k <= e; k++)
			equal += active(g, k) &&
				 m->SVE_LANE[k] == n->SVE_LANE[e];
		d->SVE_LANE[e] = equal;
	}
	sve_done(cpu, i->rd);
}
#endif

static insn_fn *sve2_search_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_TBL2: return sve_tbl2;
	case A64_SVE_TBX: return sve_tbx;
#if SVE_BITS <= 16
	case A64_SVE_MATCH: return sve_match;
	case A64_SVE_NMATCH: return sve_nmatch;
#endif
#if SVE_BITS == 8
	case A64_SVE_HISTSEG: return sve_histseg;
#endif
#if SVE_BITS >= 32
	case A64_SVE_HISTCNT: return sve_histcnt;
#endif
	default: return NULL;
	}
}
