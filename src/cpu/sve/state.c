/* SPDX-License-Identifier: MIT */
/* SVE: the state and the vector length, see sve/sve.h. */
#include "cpu/sve/sve.h"

#include <errno.h>
#include <stdlib.h>

#include "cpu/exception.h"
#include "cpu/sysreg.h"

/* ---- the vector length --------------------------------------------------- */

/* The longest there is that is no longer than ZCR_EL1.LEN says. */
static unsigned int vl_of(const struct cpu *cpu)
{
	unsigned int len = cpu->sys.zcr_el1 & 15;

	return cpu_sve_longest(cpu->sve->lengths & (uint16_t)GENMASK(len, 0));
}

static void p_cut(struct sve_p *p, unsigned int vl)
{
	for (unsigned int k = 0; k < SVE_P_WORDS; k++) {
		unsigned int from = 64 * k;

		if (vl <= from)
			p->w[k] = 0;
		else if (vl < from + 64)
			p->w[k] &= GENMASK(vl - from - 1, 0);
	}
}

/* What no instruction can see any more is gone: it is zero when the length
 * grows again (the manual allows the old value, too). */
static void cut(struct cpu *cpu, unsigned int vl)
{
	struct cpu_sve *sve = cpu->sve;

	for (unsigned int n = 0; n < 32; n++)
		if (cpu->z_live[n])
			memset(sve->z[n].b + vl, 0, sve->max_vl - vl);
	for (unsigned int n = 0; n < ARRAY_SIZE(sve->p); n++)
		p_cut(&sve->p[n], vl);
}

void sve_zcr_changed(struct cpu *cpu)
{
	unsigned int vl;

	if (!cpu->sve)
		return;
	vl = vl_of(cpu);
	if (vl < cpu->sve->vl)
		cut(cpu, vl);
	cpu->sve->vl = vl;
}

void sve_reset(struct cpu *cpu)
{
	if (!cpu->sve)
		return;
	memset(cpu->sve->p, 0, sizeof(cpu->sve->p));
	memset(cpu->z_live, 0, sizeof(cpu->z_live));
	sve_zcr_changed(cpu);
}

/*
 * From outside all of a register may be set. KVM loads these registers into a core when the
 * guest first uses one: before CPACR_EL1 lets it, all is kept.
 */
void sve_settle(struct cpu *cpu)
{
	if (cpu->sve && cpu->sve->vl < cpu->sve->max_vl &&
	    (cpu->sys.cpacr_el1 & CPACR_FPEN_EL1))
		cut(cpu, cpu->sve->vl);
}

int cpu_set_sve(struct cpu *cpu, uint16_t lengths)
{
	free(cpu->sve);
	cpu->sve = NULL;
	if (lengths) {
		cpu->sve = calloc(1, sizeof(*cpu->sve));
		if (!cpu->sve)
			return -ENOMEM;
		cpu->sve->lengths = lengths;
		cpu->sve->max_vl = cpu_sve_longest(lengths);
		cpu->sve->vl = vl_of(cpu);
	}
	memset(cpu->z_live, 0, sizeof(cpu->z_live));
	/* Bodies are chosen by whether there is SVE. */
	block_invalidate_all(cpu);
	return 0;
}

/* ---- registers ----------------------------------------------------------- */

void sve_z_expand(struct cpu *cpu, unsigned int n)
{
	memset(cpu->sve->z[n].b + 16, 0, cpu->sve->max_vl - 16);
	cpu->z_live[n] = 1;
}

void sve_z_revive(struct cpu *cpu, unsigned int n)
{
	struct cpu_sve *sve = cpu->sve;

	memset(sve->z[n].b + sve->vl, 0, sve->max_vl - sve->vl);
	cpu->z_live[n] = 1;
}

/* The first @bytes. */
static void z_get(const struct cpu *cpu, unsigned int n, uint8_t *buf,
		  unsigned int bytes)
{
	memcpy(buf, &cpu->vreg[n], 16);
	if (cpu->z_live[n])
		memcpy(buf + 16, cpu->sve->z[n].b + 16, bytes - 16);
	else
		memset(buf + 16, 0, bytes - 16);
}

static void p_set(struct cpu *cpu, unsigned int n,
		  const uint64_t in[SVE_P_WORDS], unsigned int vl)
{
	memcpy(&cpu->sve->p[n], in, sizeof(cpu->sve->p[n]));
	p_cut(&cpu->sve->p[n], vl);
}

void sve_z_get(const struct cpu *cpu, unsigned int n, void *buf)
{
	z_get(cpu, n, buf, sve_vl(cpu));
}

void sve_z_set(struct cpu *cpu, unsigned int n, const void *buf)
{
	memcpy(sve_dst(cpu, n), buf, sve_vl(cpu));
	sve_done(cpu, n);
}

void sve_p_get(const struct cpu *cpu, unsigned int n, uint64_t out[SVE_P_WORDS])
{
	memcpy(out, &cpu->sve->p[n], sizeof(cpu->sve->p[n]));
}

void sve_p_set(struct cpu *cpu, unsigned int n, const uint64_t in[SVE_P_WORDS])
{
	p_set(cpu, n, in, sve_vl(cpu));
}

/* ---- registers from outside ---------------------------------------------- */

void cpu_sve_get_z(const struct cpu *cpu, unsigned int n, void *buf)
{
	memset(buf, 0, SVE_MAX_VL);
	z_get(cpu, n, buf, cpu->sve->max_vl);
}

void cpu_sve_set_z(struct cpu *cpu, unsigned int n, const void *buf)
{
	memcpy(&cpu->sve->z[n], buf, cpu->sve->max_vl);
	memcpy(&cpu->vreg[n], buf, 16);
	cpu->z_live[n] = 1;
}

void cpu_sve_get_p(const struct cpu *cpu, unsigned int n, uint64_t out[4])
{
	sve_p_get(cpu, n, out);
}

void cpu_sve_set_p(struct cpu *cpu, unsigned int n, const uint64_t in[4])
{
	p_set(cpu, n, in, cpu->sve->max_vl);
}

/* ---- the trap ------------------------------------------------------------ */

void cpu_raise_sve_trap(struct cpu *cpu, const struct insn *i)
{
	unsigned int zen = cpu->sys.cpacr_el1 >> 16 & 3;

	/* EL1's controls have their say before EL2's, which the VM has not. */
	if (!sysreg_core_has_sve(cpu))
		cpu_raise_undef(cpu, i);
	else if (!(zen == 3 || (zen == 1 && cpu->el == 1)))
		cpu_raise_sync(cpu, i, EC_SVE, 0);
	else if (!cpu_fp_enabled(cpu))
		cpu_raise_fp_trap(cpu, i);
	else
		cpu_raise_undef_trapped(cpu, i);
}
