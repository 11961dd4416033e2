/* SPDX-License-Identifier: MIT */
/*
 * The decode table against itself, Capstone and binutils: rows don't collide,
 * what a row accepts has a name Capstone would give it, and what no row
 * accepts is unknown to Capstone too or belongs to a feature the guest doesn't
 * have.
 */
#include <capstone/capstone.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/bodies.h"
#include "isa/a64/operands.h"
#include "decode-check.h"
#include "insn-gen.h"
#include "tests/check-main.h"

#define PER_ROW      400
#define RANDOM_WORDS 1500000

static csh cs;
static cs_insn *ci;

/* Capstone's mnemonic of @w, NULL if it is undefined to Capstone. */
static const char *capstone_name(uint32_t w)
{
	const uint8_t *p = (const uint8_t *)&w;
	size_t size = 4;
	uint64_t pc = 0x1000;

	return cs_disasm_iter(cs, &p, &size, &pc, ci) ? ci->mnemonic : NULL;
}

/* Is @name in the space-separated @list? "b.eq" is also "b". */
static bool name_listed(const char *list, const char *name)
{
	size_t full = strlen(name), stem = strcspn(name, ".");

	while (*list) {
		size_t n = strcspn(list, " ");

		if ((n == full || n == stem) && !strncmp(list, name, n))
			return true;
		list += n + strspn(list + n, " ");
	}
	return false;
}

struct quirk {
	uint32_t mask, value;
	const char *reason;
	bool (*when)(uint32_t w); /* NULL: always */
};

static bool find_quirk(const struct quirk *q, unsigned int n, uint32_t w)
{
	for (unsigned int i = 0; i < n; i++)
		if ((w & q[i].mask) == q[i].value &&
		    (!q[i].when || q[i].when(w)))
			return true;
	return false;
}

static bool base_is_target(uint32_t w)
{
	return FLD(w, 9, 5) == FLD(w, 4, 0);
}

/* Defined by the Arm ARM and by us, unknown to Capstone 4.0.2. */
static const struct quirk capstone_lacks[] = {
	{0x3b200c00, 0x38200000, "LSE is newer than Capstone's A64", NULL},
	{0x3fa07c00, 0x08a07c00, "LSE: CAS", NULL},
	{0xbfa07c00, 0x08207c00, "LSE: CASP", NULL},
	{0xbf20f400, 0x2e008400, "RDM: vector", NULL},
	{0xff20f400, 0x7e008400, "RDM: scalar", NULL},
	{0xbf00d400, 0x2f00d000, "RDM: by element", NULL},
	{0xff00d400, 0x7f00d000, "RDM: scalar by element", NULL},
	{0x9fe0fc00, 0x0e809400, "DotProd: vector", NULL},
	{0x9fc0f400, 0x0f80e000, "DotProd: by element", NULL},
	{0x3fa08000, 0x08800000, "LOR", NULL},
	{0xfe000000, 0xce000000, "SHA512, SHA3, SM3, SM4", NULL},
	{0x3f200c00, 0x19000000, "LRCPC2", NULL},
	{0x7fe00000, 0x1ee00000, "FP16: scalar", NULL},
	{0x7fe00000, 0x1ec00000, "FP16: scalar, fixed point", NULL},
	{0xffc00000, 0x1fc00000, "FP16: scalar, three sources", NULL},
	{0x9f60c400, 0x0e400400, "FP16: three same", NULL},
	{0xdf60c400, 0x5e400400, "FP16: scalar three same", NULL},
	{0x9f7e0c00, 0x0e780800, "FP16: two registers", NULL},
	{0xdf7e0c00, 0x5e780800, "FP16: scalar two registers", NULL},
	{0xbf7ecc00, 0x0e30c800, "FP16: across lanes", NULL},
	{0xff7ecc00, 0x5e30c800, "FP16: scalar pairwise", NULL},
	{0x9fc00400, 0x0f000000, "FP16: by element", NULL},
	{0xdfc00400, 0x5f000000, "FP16: scalar by element", NULL},
	{0x9ff0e400, 0x0f10e400, "FP16: fixed point", NULL},
	{0xdff0e400, 0x5f10e400, "FP16: scalar fixed point", NULL},
	{0xbff8fc00, 0x0f00fc00, "FP16: immediate", NULL},
	{0xbf20ec00, 0x2e00e400, "FCMA: FCADD", NULL},
	{0xbf20e400, 0x2e00c400, "FCMA: FCMLA", NULL},
	{0xbf009400, 0x2f001000, "FCMA: by element", NULL},
	{0x9f60dc00, 0x0e20cc00, "FHM", NULL},
	{0xbf60fc00, 0x0e20ec00, "FHM", NULL},
	{0xbf60fc00, 0x2e20cc00, "FHM: second half", NULL},
	{0x9fc03400, 0x0f800000, "FHM: by element", NULL},
	{0xbf20fc00, 0x2e00fc00, "BF16: vector", NULL},
	{0xffe0fc00, 0x6e40ec00, "BF16: BFMMLA", NULL},
	{0xbf00f400, 0x0f00f000, "BF16, I8MM: by element", NULL},
	{0xbffffc00, 0x0ea16800, "BF16: BFCVTN", NULL},
	{0xfffffc00, 0x1e634000, "BF16: BFCVT", NULL},
	{0xbfe0fc00, 0x0e809c00, "I8MM: USDOT", NULL},
	{0xdfe0f400, 0x4e80a400, "I8MM: SMMLA, UMMLA, USMMLA", NULL},
	{0xff3e7c00, 0x1e284000, "FRINTTS: scalar", NULL},
	{0x9fbfec00, 0x0e21e800, "FRINTTS", NULL},
	{0xfffffc00, 0x1e7e0000, "JSCVT", NULL},
	{0xffffff9f, 0xd500401f, "FlagM: CFINV, XAFLAG, AXFLAG", NULL},
	{0xffe07c10, 0xba000400, "FlagM: RMIF", NULL},
	{0xffffbc1f, 0x3a00080d, "FlagM: SETF8, SETF16", NULL},
	{0xfffff09f, 0xd503401f, "SSBS, DIT, immediate", NULL},
	{0xbfe0fc00, 0x0e000c00, "DUP: bits of imm5 above the size are ignored",
	 NULL},
	{0xffe08400, 0x6e000400, "INS: bits of imm4 below the size are ignored",
	 NULL},
	{0xffff8000, 0xdac10000, "PAuth: one source", NULL},
	{0xffe0fc00, 0x9ac03000, "PAuth: PACGA", NULL},
	{0xff200400, 0xf8200400, "PAuth: LDRAA, LDRAB", NULL},
	{0xfedff800, 0xd61f0800, "PAuth: BRAA, BLRAA, their Z forms and B keys",
	 NULL},
	{0xffdffbff, 0xd65f0bff, "PAuth: RETAA", NULL},
	{0xfffffbff, 0xd69f0bff, "PAuth: ERETAA", NULL},
	{0x1e000000, 0x04000000, "SVE", NULL},
	{0xdfe0fc00, 0x9ac00000, "MTE: SUBP, SUBPS", NULL},
	{0xffe0f800, 0x9ac01000, "MTE: IRG, GMI", NULL},
	{0xbfc0c000, 0x91800000, "MTE: ADDG, SUBG", NULL},
	{0xff200000, 0xd9200000, "MTE: tags in memory", NULL},
	{0xfe400000, 0x68000000, "MTE: STGP", NULL},
	{0xfffff0ff, 0xd503409f, "MTE: TCO, immediate", NULL},
	{0x3b200c00, 0x38000800,
	 "LDTR has no writeback: Rn == Rt is nothing special", base_is_target},
};

/* Known to Capstone 4.0.2, undefined for this guest. */
static const struct quirk we_refuse[] = {
	{0xffe0001f, 0xd4400000, "HLT: halting debug is not on", NULL},
	{0xffe0001c, 0xd4a00000, "DCPSn: only in Debug state", NULL},
	{0xffffffff, 0xd6bf03e0, "DRPS: only in Debug state", NULL},
	{0xffc00000, 0xd5000000,
	 "SYS, SYSL, MRS, MSR: Capstone names any encoding of the space", NULL},
};

/* Each disagreement once per row and name. */
static void report(const char *what, uint32_t w, const char *name,
		   const struct insn_row *row)
{
	if (report_is_new(what, name, row))
		fprintf(stderr, "%s: %08x %s (%s)\n", what, w,
			name ? name : "-", row ? row->name : "no row");
}

/* One word: both sides must agree. */
static void check_word(uint32_t w)
{
	struct insn out;
	const struct insn_row *row = insn_decode(w, &out);
	const char *name = capstone_name(w);

	/* What is an engine's is left to it. */
	ck_assert(!out.fn && !out.link && !out.priv);
	if (row && !name) {
		/* Capstone makes CONSTRAINED UNPREDICTABLE undefined */
		if (gen_predictable(w) &&
		    !find_quirk(capstone_lacks, ARRAY_SIZE(capstone_lacks), w))
			report("Capstone has no such instruction", w, NULL,
			       row);
	} else if (!row && name) {
		if (!find_quirk(we_refuse, ARRAY_SIZE(we_refuse), w))
			report("no row", w, name, NULL);
	} else if (row && !name_listed(row->mnemonics, name)) {
		report("another name", w, name, row);
	}
}

START_TEST(rows_are_sound)
{
	unsigned int n;
	const struct insn_row *rows = insn_rows(&n);

	rows_check_sound(rows, n);
	for (unsigned int i = 0; i < n; i++)
		ck_assert_msg(__builtin_popcount(rows[i].mask) ==
				      rows[i].fixed_bits,
			      "%s", rows[i].name);
}
END_TEST

START_TEST(rows_are_what_capstone_says)
{
	unsigned int n;
	const struct insn_row *rows = insn_rows(&n);
	uint32_t w;

	for (unsigned int i = 0; i < n; i++)
		for (unsigned int k = 0; k < PER_ROW; k++) {
			if (!gen_row_valid(&rows[i], &w)) {
				report("row accepts nothing", rows[i].value,
				       NULL, &rows[i]);
				break;
			}
			check_word(w);
		}
	ck_assert_uint_eq(reports, 0);
}
END_TEST

/* Near misses: one bit away from something valid. */
START_TEST(neighbours_agree)
{
	unsigned int n;
	const struct insn_row *rows = insn_rows(&n);
	uint32_t w;

	for (unsigned int i = 0; i < n; i++)
		for (unsigned int k = 0; k < PER_ROW; k++)
			if (gen_row_valid(&rows[i], &w))
				check_word(w ^ 1u << gen_below(32));
	ck_assert_uint_eq(reports, 0);
}
END_TEST

START_TEST(random_words_agree)
{
	for (unsigned int i = 0; i < RANDOM_WORDS; i++)
		check_word((uint32_t)gen_random());
	ck_assert_uint_eq(reports, 0);
}
END_TEST

/* ---- binutils, which knows what is newer than Capstone 4.0.2 --------------- */

#define OBJDUMP        "aarch64-linux-gnu-objdump -D -b binary -m aarch64 "
#define WORDS_OF_A_ROW 16
#define WORDS_FILE     "test-decode.words"

static const struct quirk objdump_lacks[] = {
	{0x3fe08000, 0x08c08000, "LDAR whose should-be-one bits are zeros",
	 NULL},
};

/* The mnemonic in a line of objdump's, "   8:\t12345678 \tadd\tw0, ...", and the
 * number of the word; false: another line. */
static bool objdump_line(char *line, unsigned int *k, const char **name)
{
	unsigned int at, word;
	int end = 0;

	if (sscanf(line, " %x:\t%x \t%n", &at, &word, &end) != 2 || !end)
		return false;
	*k = at / 4;
	*name = line + end;
	line[end + strcspn(line + end, " \t\n")] = 0;
	return true;
}

static unsigned int write_words(const struct insn_row *rows, unsigned int n,
				const struct insn_row **of, uint32_t *words)
{
	FILE *f = fopen(WORDS_FILE, "w");
	unsigned int nr = 0;

	ck_assert_ptr_nonnull(f);
	for (unsigned int i = 0; i < n * WORDS_OF_A_ROW; i++) {
		of[nr] = &rows[i / WORDS_OF_A_ROW];
		if (gen_row_valid(of[nr], &words[nr]))
			nr++;
	}
	ck_assert_uint_eq(fwrite(words, 4, nr, f), nr);
	ck_assert_int_eq(fclose(f), 0);
	return nr;
}

START_TEST(rows_are_what_objdump_says)
{
	unsigned int n, nr, k, seen = 0;
	const struct insn_row *rows = insn_rows(&n), **of;
	const char *name;
	uint32_t *words;
	char line[256];
	FILE *f;

	of = calloc(n * WORDS_OF_A_ROW, sizeof(*of));
	words = calloc(n * WORDS_OF_A_ROW, sizeof(*words));
	ck_assert(of && words);
	nr = write_words(rows, n, of, words);
	f = popen(OBJDUMP WORDS_FILE, "r");
	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f)) {
		if (!objdump_line(line, &k, &name) || k >= nr)
			continue;
		seen++;
		if (!find_quirk(objdump_lacks, ARRAY_SIZE(objdump_lacks),
				words[k]) &&
		    !name_listed(of[k]->mnemonics, name))
			report("objdump: another name", words[k], name, of[k]);
	}
	ck_assert_int_eq(pclose(f), 0);
	ck_assert_uint_eq(seen, nr);
	remove(WORDS_FILE);
	free(of);
	free(words);
	ck_assert_uint_eq(reports, 0);
}
END_TEST

/* An undefined encoding decodes to the body that raises the exception. */
START_TEST(undefined_has_its_body)
{
	struct insn out;

	ck_assert_ptr_null(insn_prepare(0, &out));
	ck_assert(out.fn == insn_undefined);
	ck_assert_int_eq(out.imm, 0);
	ck_assert_ptr_null(insn_prepare(0xffffffff, &out));
	ck_assert(out.fn == insn_undefined);
	ck_assert_int_eq((uint32_t)out.imm, 0xffffffff);
}
END_TEST

static struct insn decoded(uint32_t word)
{
	struct insn out;

	ck_assert_ptr_nonnull(insn_decode(word, &out));
	return out;
}

/* Nobody downstream knows a second "always". */
START_TEST(condition_15_is_always)
{
	ck_assert_uint_eq(decoded(0x5400000f).form, COND_AL); /* b.nv */
	ck_assert_uint_eq(decoded(0x9a80f000).form, COND_AL); /* csel */
	ck_assert_uint_eq(decoded(0xfa40f000).form, COND_AL); /* ccmp */
	ck_assert_uint_eq(decoded(0x1e20fc00).aux, COND_AL);  /* fcsel */
	ck_assert_uint_eq(decoded(0x1e20f400).aux, COND_AL);  /* fccmp */
}
END_TEST

static void setup(void)
{
	const char *seed = getenv("DECODE_SEED");

	gen_seed(seed ? strtoull(seed, NULL, 0) : 1);
	reports = 0;
	ck_assert_int_eq(cs_open(CS_ARCH_ARM64, CS_MODE_ARM, &cs), CS_ERR_OK);
	ci = cs_malloc(cs);
}

static void teardown(void)
{
	cs_free(ci, 1);
	cs_close(&cs);
}

int main(void)
{
	Suite *s = suite_create("decode");
	TCase *tc = tcase_create("table");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, rows_are_sound);
	tcase_add_test(tc, rows_are_what_capstone_says);
	tcase_add_test(tc, rows_are_what_objdump_says);
	tcase_add_test(tc, neighbours_agree);
	tcase_add_test(tc, random_words_agree);
	tcase_add_test(tc, undefined_has_its_body);
	tcase_add_test(tc, condition_15_is_always);
	suite_add_tcase(s, tc);
	return check_run(srunner_create(s));
}
