/* SPDX-License-Identifier: MIT */
/* Whether both sides of the differential instruction test agree, and what differs. */
#include "tests/cpu/insn-show.h"

#include <stdio.h>
#include <string.h>

#include "base/types.h"
#include "tests/isa/insn-gen-a32.h"

#define FPSR_BITS     0x0800009fu /* what AArch64 defines */
#define FPSR_BITS_A32 0xf800009fu /* NZCV as well */

static uint32_t fpsr_bits(const struct diff_case *c)
{
	return c->isa == DIFF_A64 ? FPSR_BITS : FPSR_BITS_A32;
}

static bool states_equal(const struct diff_state *a, const struct diff_state *b,
			 uint32_t fpsr)
{
	return !memcmp(a->x, b->x, sizeof(a->x)) && a->sp == b->sp &&
	       !memcmp(a->v, b->v, sizeof(a->v)) && a->nzcv == b->nzcv &&
	       a->fpcr == b->fpcr && !((a->fpsr ^ b->fpsr) & fpsr) &&
	       a->fault == b->fault && a->fault_pc == b->fault_pc &&
	       a->fault_addr == b->fault_addr && a->fault_code == b->fault_code;
}

/* A store of several elements may have stored those before the one that failed; we do,
 * QEMU does not. */
static bool may_have_stored(const struct diff_case *c)
{
	uint64_t start = DIFF_CODE + c->slot * DIFF_SLOT;
	uint64_t k = (c->out.fault_pc - start) / 4;
	const struct insn_row *row;
	struct insn i;

	if (!c->out.fault || k >= DIFF_SLOT_WORDS)
		return false;
	row = insn_decode(c->words[k], &i);
	return row &&
	       (row->class == INSN_VLDST || row->class == INSN_SVE_LDST ||
		(c->words[k] & 0x3a000000) == 0x28000000); /* a pair */
}

bool cases_equal(const struct diff_case *q, const struct diff_case *n)
{
	bool fault = q->out.fault || n->out.fault;

	/* Only those with tags may fault: another that does wasn't compared. */
	if (fault && !q->tagged)
		return false;
	return states_equal(&q->out, &n->out, fpsr_bits(q)) &&
	       (!q->vl || fault ||
		!memcmp(&q->sve_out, &n->sve_out, sizeof(q->sve_out))) &&
	       (!q->uses_mem || may_have_stored(q) ||
		!memcmp(q->mem_out, n->mem_out, DIFF_WINDOW_SIZE)) &&
	       (!q->tagged || !memcmp(q->tags_out, n->tags_out, DIFF_TAGS));
}

static void print_v(const char *what, const uint64_t v[2])
{
	printf("  %s %016llx_%016llx", what, (unsigned long long)v[1],
	       (unsigned long long)v[0]);
}

static void print_bytes(const char *what, const void *from, unsigned int n)
{
	printf("  %s ", what);
	for (unsigned int k = n; k--;)
		printf("%02x%s", ((const uint8_t *)from)[k],
		       k && !(k % 8) ? "_" : "");
	printf("\n");
}

/* Vectors and predicates that its fields may name. */
static void print_inputs_sve(const struct diff_case *c, uint32_t w)
{
	unsigned int fields[] = {FLD(w, 4, 0), FLD(w, 9, 5), FLD(w, 20, 16)};
	unsigned int preds[] = {FLD(w, 3, 0),   FLD(w, 8, 5),   FLD(w, 13, 10),
				FLD(w, 12, 10), FLD(w, 19, 16), 16};
	char name[16];

	printf("  vl %u\n", c->vl);
	for (unsigned int i = 0; i < ARRAY_SIZE(fields); i++) {
		snprintf(name, sizeof(name), "  z%-2u", fields[i]);
		print_bytes(name, c->sve_in.z[fields[i]], c->vl);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(preds); i++) {
		snprintf(name, sizeof(name), "  p%-2u", preds[i]);
		print_bytes(name, c->sve_in.p[preds[i]], c->vl / 8);
	}
}

static void print_differences_sve(const struct diff_case *q,
				  const struct diff_case *n)
{
	char name[32];

	for (unsigned int i = 0; i < 32; i++) {
		if (!memcmp(q->sve_out.z[i], n->sve_out.z[i], q->vl))
			continue;
		snprintf(name, sizeof(name), "out z%-2u qemu   ", i);
		print_bytes(name, q->sve_out.z[i], q->vl);
		snprintf(name, sizeof(name), "out z%-2u fauxkvm", i);
		print_bytes(name, n->sve_out.z[i], q->vl);
	}
	for (unsigned int i = 0; i < 17; i++) {
		if (!memcmp(q->sve_out.p[i], n->sve_out.p[i], q->vl / 8))
			continue;
		snprintf(name, sizeof(name), "out p%-2u qemu   ", i);
		print_bytes(name, q->sve_out.p[i], q->vl / 8);
		snprintf(name, sizeof(name), "out p%-2u fauxkvm", i);
		print_bytes(name, n->sve_out.p[i], q->vl / 8);
	}
}

static void print_inputs_tags(const struct diff_case *c)
{
	printf("  exclude %04x rgsr %06llx tags", c->exclude,
	       (unsigned long long)c->rgsr);
	for (unsigned int i = 0; i < DIFF_TAGS; i++)
		printf("%s%x", i % 16 ? "" : " ", c->tags_in[i]);
	printf("\n");
}

/* Inputs an instruction may have used: registers its fields may name. */
static void print_inputs_a32(const struct diff_case *c)
{
	printf("  in: apsr %08x fpcr %08x fpsr %08x\n   ", c->in.nzcv,
	       c->in.fpcr, c->in.fpsr);
	for (unsigned int i = 0; i < 15; i++)
		printf(" r%u %08x%s", i, (uint32_t)c->in.x[i],
		       i % 5 == 4 ? "\n   " : "");
	printf("\n");
	for (unsigned int i = 0; i < 16; i++) {
		printf("    q%-2u", i);
		print_v("", c->in.v[i]);
		printf(i & 1 ? "\n" : "");
	}
}

static void print_inputs(const struct diff_case *c, uint32_t w)
{
	unsigned int fields[4] = {FLD(w, 4, 0), FLD(w, 9, 5), FLD(w, 20, 16),
				  FLD(w, 14, 10)};
	const struct diff_state *s = &c->in;

	printf("  in: nzcv %x fpcr %08x fpsr %08x sp %llx\n", s->nzcv >> 28,
	       s->fpcr, s->fpsr, (unsigned long long)s->sp);
	for (unsigned int i = 0; i < 4; i++) {
		unsigned int r = fields[i];

		printf("    x%-2u %016llx", r,
		       r == 31 ? 0ull : (unsigned long long)s->x[r]);
		printf("    v%-2u", r);
		print_v("", s->v[r]);
		printf("\n");
	}
}

static void print_differences(const struct diff_case *q,
			      const struct diff_case *n)
{
	const struct diff_state *a = &q->out, *b = &n->out;

	if (a->fault || b->fault) {
		printf("  qemu fault %u at %llx, fauxkvm fault %u at %llx "
		       "(1000+: cpu_run reason, 2000+: ESR.EC)\n",
		       a->fault, (unsigned long long)a->fault_pc, b->fault,
		       (unsigned long long)b->fault_pc);
		if (!q->tagged)
			return;
		printf("  of address %llx code %d, %llx code %d\n",
		       (unsigned long long)a->fault_addr, a->fault_code,
		       (unsigned long long)b->fault_addr, b->fault_code);
	}
	for (unsigned int i = 0; i < 31; i++)
		if (a->x[i] != b->x[i])
			printf("  out x%-2u  qemu %016llx  fauxkvm %016llx\n",
			       i, (unsigned long long)a->x[i],
			       (unsigned long long)b->x[i]);
	if (a->sp != b->sp)
		printf("  out sp   qemu %016llx  fauxkvm %016llx\n",
		       (unsigned long long)a->sp, (unsigned long long)b->sp);
	for (unsigned int i = 0; i < 32; i++)
		if (memcmp(a->v[i], b->v[i], 16)) {
			printf("  out v%-2u ", i);
			print_v("qemu", a->v[i]);
			print_v("fauxkvm", b->v[i]);
			printf("\n");
		}
	if (a->nzcv != b->nzcv)
		printf("  out nzcv qemu %05x  fauxkvm %05x\n", a->nzcv >> 12,
		       b->nzcv >> 12);
	if (a->fpcr != b->fpcr)
		printf("  out fpcr qemu %08x  fauxkvm %08x\n", a->fpcr,
		       b->fpcr);
	if ((a->fpsr ^ b->fpsr) & fpsr_bits(q))
		printf("  out fpsr qemu %08x  fauxkvm %08x\n", a->fpsr,
		       b->fpsr);
	if (q->vl && !a->fault)
		print_differences_sve(q, n);
	for (unsigned int i = 0; q->uses_mem && i < DIFF_WINDOW_SIZE; i++)
		if (q->mem_out[i] != n->mem_out[i])
			printf("  out mem %llx: in %02x qemu %02x fauxkvm "
			       "%02x\n",
			       (unsigned long long)(DIFF_WINDOW + i),
			       q->mem_in[i], q->mem_out[i], n->mem_out[i]);
	for (unsigned int i = 0; q->tagged && i < DIFF_TAGS; i++)
		if (q->tags_out[i] != n->tags_out[i])
			printf("  out tag of %llx: in %x qemu %x fauxkvm %x\n",
			       (unsigned long long)(DIFF_WINDOW +
						    i * DIFF_GRANULE),
			       q->tags_in[i], q->tags_out[i], n->tags_out[i]);
}

static void disassemble(const struct diff_case *c, unsigned int k, char *buf,
			size_t len)
{
	uint64_t pc = DIFF_CODE + c->slot * DIFF_SLOT + c->shift + 4 * k;
	uint32_t w = c->words[k];

	if (c->isa == DIFF_A64)
		insn_disassemble(w, pc, buf, len);
	else if (c->isa == DIFF_A32)
		insn_disassemble_a32(w, false, pc, buf, len);
	else
		insn_disassemble_a32(t32_is_wide(w) ? w << 16 | w >> 16
						    : w & 0xffff,
				     true, pc, buf, len);
}

void print_case(const struct diff_case *c, const struct diff_case *n,
		const struct insn_row *const *rows)
{
	char text[128];

	for (unsigned int i = 1; i <= c->n; i++) {
		disassemble(c, i, text, sizeof(text));
		printf("  %08x  %-40s %s\n", c->words[i], text,
		       rows[i - 1]->name);
	}
	if (c->isa == DIFF_A64)
		print_inputs(c, c->words[c->n]);
	else
		print_inputs_a32(c);
	if (c->vl)
		print_inputs_sve(c, c->words[c->n]);
	if (c->tagged)
		print_inputs_tags(c);
	print_differences(c, n);
}
