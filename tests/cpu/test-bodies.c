/* SPDX-License-Identifier: MIT */
/*
 * Every operation has a body, and every body belongs to an operation: bodies
 * are the functions exec_* of the library, found in this program's own symbol
 * table, and those that insn_body() chooses for many encodings of each row.
 */
#include <check.h>
#include <elf.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "cpu/bodies.h"
#include "cpu/bti.h"
#include "cpu/cpu.h"
#include "tests/check-main.h"
#include "tests/isa/insn-gen-a32.h"

#define TRIES_PER_ROW 10000

/*
 * Bodies that no encoding leads to, as patterns of fnmatch(3), beside those
 * that stand in for another (has_alternative()).
 */
static const struct {
	const char *name, *reason;
} not_chosen[] = {
	{"exec_neon", "around another body, by a32_neon_copies()"},
	{"exec_v_write*", "around another body, by sve_wrap()"},
	{"exec_*after_load", "around another body, by sve_wrap()"},
	{"exec_*_slow_big", "the same of big-endian data"},
	{"exec_*_slow", "the rest of a body's work, entered from it"},
	{"exec_*_host", "this host has no such instructions"},
	{"exec_*_fma", "this host has no such instructions"},
	{"exec_tbl_8b", "the host shuffles bytes: exec_tbl_1_host"},
	{"exec_tbl_16b", "the host shuffles bytes: exec_tbl_1_host"},
	{"exec_f???nm_v", "entered from exec_fmax_packed, exec_fmin_packed"},
};

struct body {
	const char *file, *name; /* file: of the source, if it is static */
	insn_fn *fn;
	bool chosen;
};

static struct body *bodies;
static unsigned int nr_bodies;

/* ---- the symbol table ---------------------------------------------------- */

static int load_bias(struct dl_phdr_info *info, size_t size, void *bias)
{
	*(uintptr_t *)bias = info->dlpi_addr;
	return 1; /* the first one is the program */
}

static int compare_bodies(const void *a, const void *b)
{
	uintptr_t fa = (uintptr_t)((const struct body *)a)->fn;
	uintptr_t fb = (uintptr_t)((const struct body *)b)->fn;

	return fa < fb ? -1 : fa > fb;
}

/* Clones that the compiler makes (name.cold, name.part.0) are no bodies. */
static bool is_body(const char *name, const Elf64_Sym *sym)
{
	return ELF64_ST_TYPE(sym->st_info) == STT_FUNC && sym->st_shndx &&
	       !strncmp(name, "exec_", 5) && !strchr(name, '.');
}

static void bodies_from(const uint8_t *elf, const Elf64_Shdr *symtab,
			const char *names)
{
	const Elf64_Sym *sym = (const Elf64_Sym *)(elf + symtab->sh_offset);
	unsigned int n = symtab->sh_size / sizeof(*sym);
	const char *file = "";
	uintptr_t bias = 0;

	dl_iterate_phdr(load_bias, &bias);
	bodies = calloc(n, sizeof(*bodies));
	ck_assert_ptr_nonnull(bodies);
	for (unsigned int k = 0; k < n; k++) {
		const char *name = names + sym[k].st_name;

		/* stands before the static symbols of the file */
		if (ELF64_ST_TYPE(sym[k].st_info) == STT_FILE)
			file = name;
		if (is_body(name, &sym[k]))
			bodies[nr_bodies++] = (struct body){
				.file = file,
				.name = name,
				.fn = (insn_fn *)(sym[k].st_value + bias),
			};
	}
	qsort(bodies, nr_bodies, sizeof(*bodies), compare_bodies);
}

static void bodies_find(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	const Elf64_Shdr *sections;
	const Elf64_Ehdr *head;
	const uint8_t *elf;
	struct stat st;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	elf = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	ck_assert(elf != MAP_FAILED);
	close(fd);
	head = (const Elf64_Ehdr *)elf;
	sections = (const Elf64_Shdr *)(elf + head->e_shoff);
	for (unsigned int k = 0; k < head->e_shnum; k++)
		if (sections[k].sh_type == SHT_SYMTAB)
			bodies_from(elf, &sections[k],
				    (const char *)elf +
					    sections[sections[k].sh_link]
						    .sh_offset);
	ck_assert_msg(nr_bodies > 400, "%u bodies: no symbol table?",
		      nr_bodies);
}

/* Several names can have one address, where the compiler found them equal. */
static bool body_mark(insn_fn *fn)
{
	struct body key = {.fn = fn}, *b;

	b = bsearch(&key, bodies, nr_bodies, sizeof(key), compare_bodies);
	if (!b)
		return false;
	while (b > bodies && b[-1].fn == fn)
		b--;
	for (; b < bodies + nr_bodies && b->fn == fn; b++)
		b->chosen = true;
	return true;
}

/* ---- encodings ----------------------------------------------------------- */

/* What formats and choosers treat specially is among these. */
static uint32_t structured_value(void)
{
	uint32_t one = UINT32_C(1) << gen_below(6);

	switch (gen_below(6)) {
	case 0: return 0;
	case 1: return ~UINT32_C(0);
	case 2: return one;
	case 3: return one - 1;
	default: return (uint32_t)gen_random();
	}
}

/* One such value for each field of the pattern: a run of the same letter. */
static uint32_t structured_word(const struct insn_row *row)
{
	uint32_t word = 0;
	char letters[32];
	unsigned int high, low = 32;

	for (const char *p = row->pattern; *p; p++)
		if (*p != '_')
			letters[--low] = *p;
	for (low = 0; low < 32; low = high + 1) {
		for (high = low; high < 31; high++)
			if (letters[high + 1] != letters[low])
				break;
		word |= (structured_value() << low) & GENMASK(high, low);
	}
	return (word & ~row->mask) | row->value;
}

/* Its bodies, whatever the order of data and whether branches have a type. */
static bool mark_all(struct insn *insn)
{
	bool ok = body_mark(insn_body(insn, &mem_mmu_bodies)) &&
		  body_mark(insn_body(insn, &mem_big_bodies));

	bti_mark_branch(insn);
	return ok && body_mark(insn_body(insn, &mem_mmu_bodies));
}

/* True if @word is of @row and has a body, which it marks. */
static bool try_word(const struct insn_row *row, uint32_t word)
{
	struct insn insn;

	if (insn_prepare(word, &insn) != row)
		return false;
	ck_assert_msg(mark_all(&insn), "%s %08x: its body is not called exec_",
		      row->name, word);
	return true;
}

/* What only a few of a field's values lead to. */
#define A32_TRIES 3000
static bool a32_op_seen[NR_INSN_OPS - A32_AND];

/* In an IT block too: flags are not set there. */
static void try_a32_word(enum a32_space space, uint32_t word, uint8_t it)
{
	struct insn insn;

	if (space == SPACE_A32)
		insn_decode_a32(word, 0, &insn);
	else
		insn_decode_t32(word, 0, it, &insn);
	if (insn.op >= A32_AND)
		a32_op_seen[insn.op - A32_AND] = true;
	if (insn.op)
		ck_assert_msg(mark_all(&insn),
			      "%08x: its body is not called exec_", word);
}

/* MRC and MCR of each register of CP15 whose opc1 is 0. */
static void try_a32_registers(enum a32_space space, uint32_t word)
{
	word = (word & 0xff10ff10) | 0x100;
	for (uint32_t reg = 0; reg < 16 * 16 * 8; reg++)
		try_a32_word(space,
			     word | reg >> 7 << 16 | (reg >> 3 & 15) |
				     (reg & 7) << 5,
			     0);
}

/* The same as try_row(). */
static bool try_a32_row(enum a32_space space, const struct insn_row *row)
{
	bool found = false;
	uint32_t word;

	for (unsigned int k = 0; k < A32_TRIES; k++) {
		if (!a32_row_valid(space, row, &word))
			break;
		found = true;
		try_a32_word(space, word, k % 2 ? 0xe8 : 0);
	}
	if (found && (row->value & 0x0f000e10) == 0x0e000e10)
		try_a32_registers(space, word);
	return found;
}

static void try_a32(void)
{
	for (unsigned int space = 0; space < NR_SPACES; space++) {
		unsigned int n;
		const struct insn_row *rows = a32_space_rows(space, &n);

		for (unsigned int k = 0; k < n; k++)
			ck_assert_msg(try_a32_row(space, &rows[k]),
				      "%s has no body", rows[k].name);
	}
	for (unsigned int k = 0; k < ARRAY_SIZE(a32_op_seen); k++)
		ck_assert_msg(a32_op_seen[k], "no encoding is %s",
			      insn_row(A32_AND + k)->name);
}

/* System registers are too many to be found by chance. */
static bool try_registers(const struct insn_row *row)
{
	const struct cpu_sysreg_info *reg;
	bool found = false;

	for (unsigned int n = 0; (reg = cpu_sysreg_info(n)); n++)
		found |= try_word(row, row->value | reg->enc << 5);
	return found;
}

static bool try_row(const struct insn_row *row)
{
	bool found = false;

	for (unsigned int k = 0; k < TRIES_PER_ROW; k++)
		found |= try_word(row, k % 2 ? structured_word(row)
					     : gen_row_word(row));
	if (row->op == A64_MRS || row->op == A64_MSR_reg)
		found |= try_registers(row);
	return found;
}

static bool is_chosen(const char *name, const char *suffix, size_t cut)
{
	char full[80];

	snprintf(full, sizeof(full), "%.*s%s", (int)(strlen(name) - cut), name,
		 suffix);
	for (unsigned int k = 0; k < nr_bodies; k++)
		if (bodies[k].chosen && !strcmp(bodies[k].name, full))
			return true;
	return false;
}

/* What the host does better has another body, which falls back on this one. */
static bool has_alternative(const char *name)
{
	return is_chosen(name, "_host", 0) || is_chosen(name, "_fma", 0) ||
	       (!fnmatch("*_v", name, 0) && is_chosen(name, "_packed", 2));
}

static bool may_be_unchosen(const char *name)
{
	for (unsigned int k = 0; k < ARRAY_SIZE(not_chosen); k++)
		if (!fnmatch(not_chosen[k].name, name, 0))
			return true;
	return has_alternative(name);
}

START_TEST(rows_and_bodies)
{
	unsigned int n, lost = 0;
	const struct insn_row *rows = insn_rows(&n);

	gen_seed(1);
	bodies_find();
	for (unsigned int k = 0; k < n; k++)
		ck_assert_msg(try_row(&rows[k]), "%s has no body",
			      rows[k].name);
	try_a32();
	for (unsigned int k = 0; k < nr_bodies; k++)
		if (!bodies[k].chosen && !may_be_unchosen(bodies[k].name)) {
			fprintf(stderr, "%s: %s: no encoding leads to it\n",
				bodies[k].file, bodies[k].name);
			lost++;
		}
	ck_assert_uint_eq(lost, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cpu-bodies");
	TCase *tc = tcase_create("bodies");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, rows_and_bodies);
	suite_add_tcase(suite, tc);
	return check_run(srunner_create(suite));
}
