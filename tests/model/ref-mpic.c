/* SPDX-License-Identifier: MIT */
/*
 * The reference MPIC, see ref-mpic.h. Its delivery is that of an OpenPIC with
 * directed delivery only: a source that becomes active is raised at each of its
 * CPUs, a CPU's pin goes up if it is above the task priority and what is in
 * service. The quirks are Linux's, and a guest can see each of them.
 */
#include "ref-mpic.h"

#include <string.h>

#define MASK     0x80000000u
#define ACTIVITY 0x40000000u
#define POLARITY 0x00800000u
#define SENSE    0x00400000u

static int priority(const struct ref_source *s)
{
	return s->ivpr >> 16 & 15;
}

/* The highest priority, and the lowest number of it. */
static int set_look(struct ref_mpic *m, struct ref_set *set)
{
	set->best = set->priority = -1;
	for (int i = 0; i < REF_MPIC_SOURCES; i++)
		if (set->in[i] && priority(&m->source[i]) > set->priority) {
			set->best = i;
			set->priority = priority(&m->source[i]);
		}
	return set->best;
}

static void deliver(struct ref_mpic *m, struct ref_mpic_cpu *c, int n,
		    bool active)
{
	struct ref_source *s = &m->source[n];

	/* No vCPU gets these. */
	if (s->output)
		return;
	c->raised.in[n] = active;
	set_look(m, &c->raised);
	set_look(m, &c->serving);
	if (active && priority(s) > (int)c->ctpr) {
		if (priority(s) > c->serving.priority)
			c->pin = true;
	} else if (c->raised.priority <= (int)c->ctpr ||
		   c->raised.priority <= c->serving.priority) {
		c->pin = false;
	}
}

static void source_changed(struct ref_mpic *m, int n)
{
	struct ref_source *s = &m->source[n];
	bool active = s->pending && (!(s->ivpr & MASK) || s->nomask);

	if (!active && !(s->ivpr & ACTIVITY))
		return;
	s->ivpr = active ? s->ivpr | ACTIVITY : s->ivpr & ~ACTIVITY;
	for (unsigned int i = 0; i < m->cpus; i++)
		if (s->dest >> i & 1)
			deliver(m, &m->cpu[i], n, active);
}

void ref_mpic_pin(struct ref_mpic *m, unsigned int source, uint32_t level)
{
	struct ref_source *s = &m->source[source];

	if (s->level) {
		s->pending = level;
		source_changed(m, source);
		return;
	}
	if (level) {
		s->pending = 1;
		source_changed(m, source);
	}
	/* An edge is no state that a critical output could hold. */
	if (s->output) {
		s->pending = 0;
		source_changed(m, source);
	}
}

/* ---- registers of sources ------------------------------------------------ */

static void ivpr_write(struct ref_mpic *m, int n, uint32_t val)
{
	struct ref_source *s = &m->source[n];
	uint32_t mask = MASK | 0xf0000 | 0xffff;

	if (n < REF_MPIC_IPI)
		mask |= POLARITY;
	if (n < 16)
		mask |= SENSE;
	s->ivpr = (s->ivpr & ACTIVITY) | (val & mask);
	if (n < 16)
		s->level = s->ivpr & SENSE;
	source_changed(m, n);
}

/* Not a reason to deliver anything anew. */
static void idr_write(struct ref_mpic *m, int n, uint32_t val)
{
	struct ref_source *s = &m->source[n];
	uint32_t normal = (1u << m->cpus) - 1, critical = 0;

	for (unsigned int i = 0; !m->v42 && i < m->cpus; i++)
		critical |= 1u << (30 - i);
	s->idr = val & (normal | critical | (m->v42 ? 0 : 1u << 31));
	s->dest = s->idr & normal;
	if (m->v42)
		return;
	s->output = s->nomask = s->idr & critical;
	if (!s->output)
		return;
	s->dest = 0;
	for (unsigned int i = 0; i < m->cpus; i++)
		if (s->idr >> (30 - i) & 1)
			s->dest |= 1u << i;
}

static void reset(struct ref_mpic *m)
{
	for (int i = 0; i < REF_MPIC_SOURCES; i++) {
		m->source[i].ivpr = MASK;
		if (i < 16)
			m->source[i].level = false;
		else if (i < REF_MPIC_IPI)
			m->source[i].ivpr |= POLARITY;
		idr_write(m, i, 1);
	}
	for (unsigned int i = 0; i < REF_MPIC_CPUS; i++) {
		struct ref_mpic_cpu *c = &m->cpu[i];

		c->ctpr = 15;
		memset(&c->raised, 0, sizeof(c->raised));
		memset(&c->serving, 0, sizeof(c->serving));
		c->raised.best = c->serving.best = -1;
	}
	for (unsigned int i = 0; i < 4; i++)
		m->tbcr[i] = 0x80000000;
	m->svr = 0xffff;
	m->tfrr = 0;
	m->gcr = 0;
}

void ref_mpic_init(struct ref_mpic *m, bool v42, unsigned int cpus)
{
	memset(m, 0, sizeof(*m));
	m->v42 = v42;
	m->cpus = cpus;
	m->last_acked = -1;
	for (unsigned int i = 16; i < REF_MPIC_IPI; i++)
		m->source[i].level = true;
	reset(m);
}

/* ---- registers of CPUs --------------------------------------------------- */

static uint32_t acknowledge(struct ref_mpic *m, unsigned int cpu)
{
	struct ref_mpic_cpu *c = &m->cpu[cpu];
	int n = set_look(m, &c->raised);
	uint32_t vector = m->svr;
	struct ref_source *s;

	c->pin = false;
	if (n < 0)
		return vector;
	s = &m->source[n];
	if (s->ivpr & ACTIVITY && priority(s) > (int)c->ctpr) {
		c->serving.in[n] = true;
		vector = s->ivpr & 0xffff;
	} else {
		source_changed(m, n);
	}
	if (!s->level) {
		s->ivpr &= ~ACTIVITY;
		s->pending = 0;
		c->raised.in[n] = false;
	}
	/* An IPI stays with those of its CPUs that did not take it. */
	if (n >= REF_MPIC_IPI && n < REF_MPIC_TIMER) {
		s->dest &= ~(1u << cpu);
		if (s->dest) {
			ref_mpic_pin(m, n, 1);
			s->ivpr |= ACTIVITY;
		}
	}
	return vector;
}

static void end(struct ref_mpic *m, struct ref_mpic_cpu *c)
{
	int n = set_look(m, &c->serving);

	if (n < 0)
		return;
	c->serving.in[n] = false;
	set_look(m, &c->serving);
	if (set_look(m, &c->raised) >= 0 &&
	    c->raised.priority > c->serving.priority)
		c->pin = true;
	if (n < REF_MPIC_IPI) {
		m->acked++;
		m->last_acked = n;
	}
}

static void ctpr_write(struct ref_mpic_cpu *c, unsigned int val)
{
	c->ctpr = val & 15;
	if (c->raised.priority <= (int)c->ctpr)
		c->pin = false;
	else if (c->raised.priority > c->serving.priority)
		c->pin = true;
}

static uint32_t cpu_read(struct ref_mpic *m, int cpu, uint32_t off)
{
	if (cpu < 0)
		return 0xffffffff;
	switch (off) {
	case 0x80: return m->cpu[cpu].ctpr;
	case 0x90: return cpu;
	case 0xa0: return acknowledge(m, cpu);
	case 0xb0: return 0;
	}
	return 0xffffffff;
}

static void cpu_write(struct ref_mpic *m, int cpu, uint32_t off, uint32_t val)
{
	int n = REF_MPIC_IPI + (off - 0x40) / 0x10;

	if (cpu < 0)
		return;
	switch (off) {
	case 0x40:
	case 0x50:
	case 0x60:
	case 0x70:
		m->source[n].dest |= val;
		ref_mpic_pin(m, n, 1);
		ref_mpic_pin(m, n, 0);
		break;
	case 0x80: ctpr_write(&m->cpu[cpu], val); break;
	case 0xb0: end(m, &m->cpu[cpu]); break;
	}
}

/* ---- others -------------------------------------------------------------- */

/* Read 0x10 further on than written; timers never count. */
static uint32_t timer_read(struct ref_mpic *m, uint32_t off)
{
	unsigned int n = (off - 0x1100) / 0x40 % 4;

	switch (off & 0x30) {
	case 0x00: return m->tbcr[n];
	case 0x10: return m->source[REF_MPIC_TIMER + n].ivpr;
	case 0x20: return m->source[REF_MPIC_TIMER + n].idr;
	}
	return 0;
}

static void timer_write(struct ref_mpic *m, uint32_t off, uint32_t val)
{
	unsigned int n = (off - 0x1100) / 0x40 % 4;

	switch (off & 0x30) {
	case 0x10: m->tbcr[n] = val; break;
	case 0x20: ivpr_write(m, REF_MPIC_TIMER + n, val); break;
	case 0x30: idr_write(m, REF_MPIC_TIMER + n, val); break;
	}
}

static uint32_t msir_read(struct ref_mpic *m, unsigned int n)
{
	uint32_t val = m->msir[n];

	m->msir[n] = 0;
	ref_mpic_pin(m, 224 + n, 0);
	return val;
}

uint32_t ref_mpic_read(struct ref_mpic *m, int cpu, uint32_t off)
{
	uint32_t val = 0;

	if (off >= 0x20000)
		return cpu_read(m, (off - 0x20000) >> 12, off & 0xff0);
	if (off >= 0x10000) {
		struct ref_source *s = &m->source[(off - 0x10000) / 0x20];

		switch (off & 0x1f) {
		case 0x00: return s->ivpr;
		case 0x10: return s->idr;
		case 0x18: return m->v42 ? s->output : 0xffffffff;
		}
		return 0xffffffff;
	}
	if (off >= 0x40 && off <= 0xb0)
		return cpu_read(m, cpu, off);
	if (off >= 0x10a0 && off <= 0x10d0)
		return m->source[REF_MPIC_IPI + (off - 0x10a0) / 0x10].ivpr;
	if (off >= 0x1100 && off < 0x1200)
		return timer_read(m, off);
	if (off >= 0x1600 && off < 0x1680)
		return msir_read(m, (off - 0x1600) / 0x10);
	switch (off) {
	case 0x1000: return (m->v42 ? 0xc30002 : 0x4f0002) | (m->cpus - 1) << 8;
	case 0x1020: return m->gcr;
	case 0x10e0: return m->svr;
	case 0x10f0: return m->tfrr;
	case 0x1720:
		for (unsigned int i = 0; i < 8; i++)
			val |= (uint32_t)(m->msir[i] != 0) << i;
		return val;
	case 0x1740: return 0;
	}
	return 0xffffffff;
}

void ref_mpic_write(struct ref_mpic *m, int cpu, uint32_t off, uint32_t val)
{
	uint32_t modes = m->v42 ? 0x60000000 : 0x20000000;

	if (off >= 0x20000) {
		cpu_write(m, (off - 0x20000) >> 12, off & 0xff0, val);
	} else if (off >= 0x10000) {
		int n = (off - 0x10000) / 0x20;

		if ((off & 0x1f) == 0)
			ivpr_write(m, n, val);
		else if ((off & 0x1f) == 0x10)
			idr_write(m, n, val);
		else if ((off & 0x1f) == 0x18 && m->v42)
			m->source[n].output = val & 0xff;
	} else if (off >= 0x40 && off <= 0xb0) {
		cpu_write(m, cpu, off, val);
	} else if (off >= 0x10a0 && off <= 0x10d0) {
		ivpr_write(m, REF_MPIC_IPI + (off - 0x10a0) / 0x10, val);
	} else if (off >= 0x1100 && off < 0x1200) {
		timer_write(m, off, val);
	} else if (off == 0x1020 && val >> 31) {
		reset(m);
	} else if (off == 0x1020) {
		m->gcr = val & modes;
	} else if (off == 0x10e0) {
		m->svr = val & 0xffff;
	} else if (off == 0x10f0) {
		m->tfrr = val;
	} else if (off == 0x1740) {
		m->msir[val >> 29] |= 1u << (val >> 24 & 31);
		ref_mpic_pin(m, 224 + (val >> 29), 1);
	}
}
