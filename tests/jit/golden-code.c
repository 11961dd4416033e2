/* SPDX-License-Identifier: MIT */
/*
 * What the translator emits, readable: each instruction that it has code for, in
 * each of its forms, with what it becomes, bytes and Capstone's text. Compared
 * with tests/jit/golden, so that a change in emitted code is seen in a
 * diff; `make golden` writes those files anew. Files named for less than a host
 * may have tell what is different then, of one form of each instruction.
 *
 * Of addresses and of offsets in struct cpu names are printed, and .. for their
 * bytes. Code of a way out is not shown where it is left for, but once in
 * exits.txt, which has what all blocks share as well.
 */
#include <capstone/capstone.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emitted.h"
#include "jit/jit.h"
#include "tests/a64.h"
#include "tests/check-main.h"
#include "tests/isa/insn-gen.h"

#define MAX_FORMS 12 /* of a row */
#define TRIES     300

static csh cs;
static FILE *out;

/* ---- names --------------------------------------------------------------- */

#define SIZE_OF(field) sizeof(((struct cpu *)0)->field)
#define FIELD_ROW(field)                                                     \
	{                                                                    \
		offsetof(struct cpu, field), SIZE_OF(field), SIZE_OF(field), \
			#field                                               \
	}
#define ARRAY_ROW(field)                                     \
	{                                                    \
		offsetof(struct cpu, field), SIZE_OF(field), \
			SIZE_OF(field[0]), #field            \
	}
static const struct {
	size_t at, size, element;
	const char *name;
} fields[] = {
	ARRAY_ROW(x),          FIELD_ROW(n),         FIELD_ROW(c),
	FIELD_ROW(z),          FIELD_ROW(v),         FIELD_ROW(page_va),
	FIELD_ROW(tlb),        FIELD_ROW(fast),      ARRAY_ROW(jc_key),
	FIELD_ROW(req),        FIELD_ROW(cycles),    FIELD_ROW(look),
	FIELD_ROW(code_flags), FIELD_ROW(code_base), FIELD_ROW(code_entered),
	FIELD_ROW(pc),         ARRAY_ROW(vreg),      FIELD_ROW(fpcr),
	FIELD_ROW(fpsr),       FIELD_ROW(el),        FIELD_ROW(spsel),
	FIELD_ROW(pan),        FIELD_ROW(uao),       FIELD_ROW(il),
	FIELD_ROW(ss),         FIELD_ROW(inert),     FIELD_ROW(daif),
	ARRAY_ROW(sp_bank),    FIELD_ROW(sys),       FIELD_ROW(excl_valid),
	FIELD_ROW(excl_size),  FIELD_ROW(excl_addr), ARRAY_ROW(excl_val),
	FIELD_ROW(event),      FIELD_ROW(jc),        FIELD_ROW(tbi),
	FIELD_ROW(pac_keys),   FIELD_ROW(pauth.alg), FIELD_ROW(serror_pending),
	FIELD_ROW(serror_esr), FIELD_ROW(mem_buf),   FIELD_ROW(host_fpenv),
	FIELD_ROW(stepping),   FIELD_ROW(fp_active), FIELD_ROW(fp_host),
	FIELD_ROW(cur),        FIELD_ROW(exit),      FIELD_ROW(leave),
	FIELD_ROW(tbi_code),   FIELD_ROW(pins),      FIELD_ROW(charged),
	FIELD_ROW(fasts),      ARRAY_ROW(z_live),    FIELD_ROW(unsynced),
};

static void print_field(char *s, int64_t disp)
{
	size_t at = disp + CPU_BIAS;

	for (unsigned int k = 0; k < ARRAY_SIZE(fields); k++) {
		size_t in = at - fields[k].at;

		if (in >= fields[k].size)
			continue;
		s += sprintf(s, "%s", fields[k].name);
		if (fields[k].element != fields[k].size)
			s += sprintf(s, "[%zu]", in / fields[k].element);
		if (in % fields[k].element)
			sprintf(s, "+%zu", in % fields[k].element);
		return;
	}
	ck_assert_msg(!disp && false, "no name for struct cpu + %zu", at);
}

static const char *exit_name(const struct exit_site *e)
{
	static const char *const kinds[NR_EXIT_KINDS] = {
		[EXIT_INSN] = "body",
		[EXIT_MISS_READ] = "miss-read",
		[EXIT_MISS_WRITE] = "miss-write",
		[EXIT_MISS_READ_UNPRIV] = "miss-read-unpriv",
		[EXIT_MISS_WRITE_UNPRIV] = "miss-write-unpriv",
		[EXIT_HEAD] = "head",
		[EXIT_DUE] = "due",
	};

	ck_assert_ptr_nonnull(kinds[e->kind]);
	return kinds[e->kind];
}

/* What all blocks share, by its address. */
static const char *glue_name(const struct jit *jit, const uint8_t *p)
{
	static const char *const misses[NR_EXIT_KINDS] = {
		[EXIT_MISS_READ] = "fill-read",
		[EXIT_MISS_WRITE] = "fill-write",
		[EXIT_MISS_READ_UNPRIV] = "fill-read-unpriv",
		[EXIT_MISS_WRITE_UNPRIV] = "fill-write-unpriv",
	};
	static const char *const misses_vectors[NR_EXIT_KINDS] = {
		[EXIT_MISS_READ] = "fill-read-vectors",
		[EXIT_MISS_WRITE] = "fill-write-vectors",
		[EXIT_MISS_READ_UNPRIV] = "fill-read-unpriv-vectors",
		[EXIT_MISS_WRITE_UNPRIV] = "fill-write-unpriv-vectors",
	};

	if (p == jit->memory.run)
		return "block";
	if (p == jit->enter)
		return "enter";
	if (p == jit->exit_body)
		return "exit-body";
	if (p == jit->exit_missed)
		return "exit-missed";
	if (p == jit->exit_pc)
		return "exit-pc";
	if (p == jit->exit_va)
		return "exit-va";
	for (unsigned int k = 0; k < NR_EXIT_KINDS; k++) {
		if (misses[k] && jit->miss[k][0] == p)
			return misses[k];
		if (misses[k] && jit->miss[k][1] == p)
			return misses_vectors[k];
	}
	return NULL;
}

/* ---- one host instruction ------------------------------------------------ */

struct line {
	const cs_insn *i;
	unsigned int hidden; /* bytes of it, a bit for each */
	char text[256];
};

static void hide(struct line *l, unsigned int from, unsigned int n)
{
	l->hidden |= (BIT(n) - 1) << from;
}

/* "[r15 + ...]" becomes the name of what is there. */
static void name_memory(struct line *l, const cs_x86_op *op)
{
	char name[64], *from = strstr(l->text, "[r15"), *to, rest[256];
	const cs_x86 *x = &l->i->detail->x86;

	if (op->mem.base != X86_REG_R15 || !from)
		return;
	to = strchr(from, ']');
	strcpy(rest, to);
	print_field(name, op->mem.disp);
	if (op->mem.index == X86_REG_INVALID)
		sprintf(from, "[%s%s", name, rest);
	else
		sprintf(from, "[%s + %s*%d%s", name,
			cs_reg_name(cs, op->mem.index), op->mem.scale, rest);
	hide(l, x->encoding.disp_offset, x->encoding.disp_size);
}

static bool is_jump(const cs_insn *i)
{
	return cs_insn_group(cs, i, X86_GRP_JUMP) ||
	       cs_insn_group(cs, i, X86_GRP_CALL);
}

/* To a way out, to what all share, or within the code. */
static void name_target(struct line *l, const struct emitted *o, int64_t to)
{
	const uint8_t *distance = (uint8_t *)l->i->address + l->i->size - 4;
	const char *name = glue_name(o->jit, (const uint8_t *)to);

	for (unsigned int k = 0; k < o->nr_exits; k++)
		if (o->exits[k].site.at + o->run == distance)
			name = exit_name(&o->exits[k]);
	if (name) {
		sprintf(l->text, "%s %s", l->i->mnemonic, name);
		hide(l, l->i->size - 4, 4);
		return;
	}
	sprintf(l->text, "%s +%#" PRIx64, l->i->mnemonic,
		to - (int64_t)(uintptr_t)(o->at[0] + o->run));
}

/* Of the program's code or heap: nothing else looks like that. */
static bool is_pointer(uint64_t v)
{
	return v >> 40 >= 0x55 && v >> 40 <= 0x7f;
}

static void name_immediate(struct line *l, int64_t imm)
{
	const cs_x86 *x = &l->i->detail->x86;

	if (x->encoding.imm_size != 8 || !is_pointer(imm))
		return;
	*strrchr(l->text, ',') = 0;
	strcat(l->text, ", pointer");
	hide(l, x->encoding.imm_offset, 8);
}

static void print_insn(const struct emitted *o, const cs_insn *i)
{
	const cs_x86 *x = &i->detail->x86;
	struct line l = {.i = i};
	int column = 0;

	sprintf(l.text, "%s%s%s", i->mnemonic, *i->op_str ? " " : "",
		i->op_str);
	for (unsigned int k = 0; k < x->op_count; k++) {
		const cs_x86_op *op = &x->operands[k];

		if (op->type == X86_OP_MEM)
			name_memory(&l, op);
		else if (op->type == X86_OP_IMM && is_jump(i))
			name_target(&l, o, op->imm);
		else if (op->type == X86_OP_IMM)
			name_immediate(&l, op->imm);
	}
	fprintf(out, "\t");
	for (unsigned int k = 0; k < i->size; k++)
		column += l.hidden >> k & 1 ? fprintf(out, "..")
					    : fprintf(out, "%02x", i->bytes[k]);
	fprintf(out, "%*s%s\n", column < 23 ? 24 - column : 1, "", l.text);
}

static void print_code(const struct emitted *o, const uint8_t *p,
		       const uint8_t *end)
{
	uint64_t address = (uintptr_t)p + o->run;
	cs_insn *i = cs_malloc(cs);
	size_t left = end - p;

	while (left) {
		ck_assert_msg(cs_disasm_iter(cs, &p, &left, &address, i),
			      "not an instruction: %02x %02x %02x", p[0], p[1],
			      p[2]);
		print_insn(o, i);
	}
	cs_free(i, 1);
}

/* ---- guest instructions -------------------------------------------------- */

static void print_words(const uint32_t *words, unsigned int n)
{
	struct emitted o;

	emitted_make(&o, words, n);
	ck_assert_uint_eq(o.n, n);
	for (unsigned int k = 0; k < n; k++) {
		char text[96];

		insn_disassemble(words[k], EMITTED_PGOFF + 4 * k, text,
				 sizeof(text));
		fprintf(out, "%s\n", text);
		print_code(&o, o.at[k], o.at[k + 1]);
	}
	fprintf(out, "\n");
}

/* Registers by the letter of their field: pinned ones, or others. */
static uint32_t with_registers(const struct insn_row *row, uint32_t word,
			       unsigned int first)
{
	static const char letters[] = "dtnmasr";
	int k = 31;

	for (const char *p = row->pattern; *p; p++) {
		const char *which = strchr(letters, *p);

		if (*p == '_')
			continue;
		if (which && !strncmp(p, (char[]){*p, *p, *p, *p, *p, 0}, 5)) {
			unsigned int r = first + (which - letters) % 7;

			word = (word & ~(31u << (k - 4))) | r << (k - 4);
			k -= 4;
			p += 4;
		}
		k--;
	}
	return word;
}

static bool has_code(uint32_t word)
{
	struct emitted o;

	emitted_make(&o, &word, 1);
	return o.n;
}

/* A series of its own for each row. */
static void seed_row(const struct insn_row *row)
{
	uint64_t seed = 5381;

	for (const char *p = row->name; *p; p++)
		seed = seed * 33 + (uint8_t)*p;
	gen_seed(seed);
}

/* The first word of each form and size that the row's series has. */
static void print_row(const struct insn_row *row)
{
	struct {
		uint8_t form, size;
	} had[MAX_FORMS];
	unsigned int n = 0;

	seed_row(row);
	for (unsigned int k = 0; k < TRIES && n < MAX_FORMS; k++) {
		uint32_t word = with_registers(row, gen_row_word(row), 0);
		uint32_t other;
		unsigned int m = 0;
		struct insn i;

		if (insn_decode(word, &i) != row || !gen_predictable(word) ||
		    !has_code(word))
			continue;
		while (m < n &&
		       (had[m].form != i.form || had[m].size != i.size))
			m++;
		if (m < n)
			continue;
		had[n].form = i.form;
		had[n++].size = i.size;
		print_words(&word, 1);
		if (n > 1)
			continue;
		other = with_registers(row, word, 20);
		if (other != word && insn_decode(other, &i) == row &&
		    gen_predictable(other))
			print_words(&other, 1);
	}
}

static void print_class(enum insn_class class)
{
	unsigned int n;
	const struct insn_row *rows = insn_rows(&n);

	for (unsigned int k = 0; k < n; k++)
		if (rows[k].class == class)
			print_row(&rows[k]);
}

/* Flags from who sets them to who reads them. */
static void print_flags(void)
{
	static const uint32_t sets[] = {
		0xeb01001f, /* cmp x0, x1 */
		0x2b010002, /* adds w2, w0, w1 */
		0xea01001f, /* tst x0, x1 */
		0xba020020, /* adcs x0, x1, x2 */
	};
	static const uint32_t between = 0xd3410c43; /* ubfx x3, x2, #1, #3 */

	for (unsigned int k = 0; k < ARRAY_SIZE(sets); k++)
		for (unsigned int cond = 0; cond < 14; cond++) {
			uint32_t csel = 0x9a820020 | cond << 12;

			print_words((uint32_t[]){sets[k], csel}, 2);
			if (!k)
				print_words(
					(uint32_t[]){sets[k], between, csel},
					3);
		}
}

/* ---- with less of the host ----------------------------------------------- */

static char *text_of(uint32_t word, enum jit_isa isa)
{
	FILE *to = out;
	char *text;
	size_t len;

	emitted_isa(isa);
	out = open_memstream(&text, &len);
	ck_assert_ptr_nonnull(out);
	if (has_code(word))
		print_words(&word, 1);
	fclose(out);
	out = to;
	return text;
}

/* The row's first word that has code. */
static bool first_word(const struct insn_row *row, uint32_t *word)
{
	struct insn i;

	seed_row(row);
	for (unsigned int k = 0; k < TRIES; k++) {
		*word = with_registers(row, gen_row_word(row), 0);
		if (insn_decode(*word, &i) == row && gen_predictable(*word) &&
		    has_code(*word))
			return true;
	}
	return false;
}

/* Where that has other code by @isa than by @more. */
static void print_row_less(const struct insn_row *row, enum jit_isa more,
			   enum jit_isa isa)
{
	char *before, *now, text[96];
	uint32_t word;

	emitted_isa(more);
	if (!first_word(row, &word))
		return;
	before = text_of(word, more);
	now = text_of(word, isa);
	if (!*now) {
		insn_disassemble(word, EMITTED_PGOFF, text, sizeof(text));
		fprintf(out, "%s\n\tbody\n\n", text);
	} else if (strcmp(now, before)) {
		fputs(now, out);
	}
	free(before);
	free(now);
}

static void print_less(enum jit_isa more, enum jit_isa isa)
{
	unsigned int n;
	const struct insn_row *rows = insn_rows(&n);

	for (unsigned int k = 0; k < n; k++)
		print_row_less(&rows[k], more, isa);
}

/* ---- ways out, and what all share ---------------------------------------- */

static void print_exits_of(uint32_t word)
{
	struct emitted o;

	emitted_make(&o, &word, 1);
	print_words(&word, 1);
	fprintf(out, "\tout of line\n");
	print_code(&o, o.at[1], o.end);
	fprintf(out, "\n");
}

static void print_exits(void)
{
	const struct jit *jit;
	struct emitted o;
	const uint8_t *p;

	print_exits_of(ASM_LDR(20, 21));
	print_exits_of(ASM_STP(20, 21, 22));
	print_exits_of(ASM_RET);
	emitted_make(&o, (uint32_t[]){ASM_NOP}, 1);
	jit = o.jit;
	/* Constants come first. */
	o.at[0] = p = jit->enter - o.run;
	fprintf(out, "enter\n");
	for (const uint8_t *q = p + 1; q < jit->first; q++) {
		const char *name = glue_name(jit, q + o.run);

		if (!name)
			continue;
		print_code(&o, p, q);
		fprintf(out, "%s\n", name);
		p = q;
	}
	print_code(&o, p, jit->first);
}

/* ---- files --------------------------------------------------------------- */

static void print_int(void)
{
	print_class(INSN_INT);
}
static void print_ldst(void)
{
	print_class(INSN_LDST);
}
static void print_vldst(void)
{
	print_class(INSN_VLDST);
}
static void print_atomic(void)
{
	print_class(INSN_ATOMIC);
}
static void print_fp(void)
{
	print_class(INSN_FP);
}
static void print_simd(void)
{
	print_class(INSN_SIMD);
}
static void print_crypto(void)
{
	print_class(INSN_CRYPTO);
}
static void print_branch(void)
{
	print_class(INSN_BRANCH);
}
static void print_sys(void)
{
	print_class(INSN_SYS);
	print_class(INSN_CONTEXT);
}

static void print_sve(void)
{
	emitted_sve();
	print_class(INSN_SVE);
	print_class(INSN_SVE_FP);
	print_class(INSN_SVE_LDST);
}

/* What is different where an address is the host's. */
static void print_flat(void)
{
	static const uint32_t words[] = {
		0xf9400420, /* ldr x0, [x1, #8] */
		0xf94006b4, /* ldr x20, [x21, #8] */
		0xf8627820, /* ldr x0, [x1, x2, lsl #3] */
		0xb8627aa0, /* ldr w0, [x21, x2, lsl #2] */
		0xb862daa0, /* ldr w0, [x21, w2, sxtw #2] */
		0xb8004420, /* str w0, [x1], #4 */
		0xa9bf07e0, /* stp x0, x1, [sp, #-16]! */
		0x58000040, /* ldr x0, .+8 */
		0x3dc00420, /* ldr q0, [x1, #16] */
		0x3ce27820, /* ldr q0, [x1, x2, lsl #4] */
		0x4c407020, /* ld1 {v0.16b}, [x1] */
		0x1e622820, /* fadd d0, d1, d2 */
		0xc85f7c20, /* ldxr x0, [x1] */
		0xc8027c20, /* stxr w2, x0, [x1] */
		0xf8e00022, /* ldaddal x0, x2, [x1] */
		0xd50b7420, /* dc zva, x0 */
		0xd50b7b20, /* dc cvau, x0 */
		0xd503233f, /* paciasp */
		0xb0000000, /* adrp x0, .+0x1000 */
		0x14000400, /* b .+0x1000 */
		0x94000400, /* bl .+0x1000 */
		0xd65f03c0, /* ret */
	};

	emitted_flat();
	for (unsigned int k = 0; k < ARRAY_SIZE(words); k++)
		print_words(&words[k], 1);
	/* cmp x0, x1; ldr x2, [x3]; csel x0, x1, x2, hi */
	print_words((uint32_t[]){0xeb01001f, 0xf9400062, 0x9a828020}, 3);
	print_exits_of(0xf8e00022);
	print_exits_of(0x94000400);
}

static void print_avx(void)
{
	print_less(JIT_ISA_ALL, JIT_ISA_AVX);
}
static void print_v2(void)
{
	print_less(JIT_ISA_AVX, JIT_ISA_V2);
}
static void print_sse2(void)
{
	print_less(JIT_ISA_V2, JIT_ISA_SSE2);
}

static const struct {
	const char *name;
	void (*print)(void);
} files[] = {
	{"int", print_int},       {"ldst", print_ldst},
	{"vldst", print_vldst},   {"atomic", print_atomic},
	{"fp", print_fp},         {"simd", print_simd},
	{"crypto", print_crypto}, {"branch", print_branch},
	{"sys", print_sys},       {"flags", print_flags},
	{"exits", print_exits},   {"flat", print_flat},
	{"sve", print_sve},       {"less-avx", print_avx},
	{"less-v2", print_v2},    {"less-sse2", print_sse2},
};

static void write_file(unsigned int k, const char *dir)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s.txt", dir, files[k].name);
	out = fopen(path, "w");
	ck_assert_msg(out != NULL, "%s", path);
	files[k].print();
	fclose(out);
}

static const char *write_to;

START_TEST(as_before)
{
	const char *srcdir = getenv("srcdir") ?: "..";
	char dir[] = "golden-XXXXXX", command[1024];
	int differs;

	if (write_to) {
		emitted_setup();
		write_file(_i, write_to);
		emitted_teardown();
		return;
	}
	ck_assert_ptr_nonnull(mkdtemp(dir));
	emitted_setup();
	write_file(_i, dir);
	emitted_teardown();
	snprintf(command, sizeof(command),
		 "diff -u '%s/tests/jit/golden/%s.txt' '%s/%s.txt' | head -60; "
		 "cmp -s '%s/tests/jit/golden/%s.txt' '%s/%s.txt'",
		 srcdir, files[_i].name, dir, files[_i].name, srcdir,
		 files[_i].name, dir, files[_i].name);
	differs = system(command);
	snprintf(command, sizeof(command), "rm -r '%s'", dir);
	ck_assert_int_eq(system(command), 0);
	ck_assert_msg(!differs,
		      "emitted code of %s is new; if that is meant: "
		      "make golden",
		      files[_i].name);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite = suite_create("jit-golden");
	TCase *tc = tcase_create("golden");

	if (jit_missing()) {
		printf("skipped: %s\n", jit_missing());
		return 77;
	}
	if (cs_open(CS_ARCH_X86, CS_MODE_64, &cs) ||
	    cs_option(cs, CS_OPT_DETAIL, CS_OPT_ON))
		return 99;
	if (argc == 3 && !strcmp(argv[1], "--write"))
		write_to = argv[2];
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, as_before, 0, ARRAY_SIZE(files));
	suite_add_tcase(suite, tc);
	return check_run(srunner_create(suite));
}
