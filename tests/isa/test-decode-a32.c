/* SPDX-License-Identifier: MIT */
/*
 * The decode tables of A32 and T32 against themselves and against Capstone, as
 * test-decode.c has it for A64: rows don't collide, what a row accepts has a name
 * Capstone would give it, and what no row accepts is unknown to Capstone too or
 * stands in a table here.
 */
#include <capstone/capstone.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode-check.h"
#include "insn-gen-a32.h"
#include "isa/a32/operands.h"
#include "tests/check-main.h"

#define PER_ROW      400
#define RANDOM_WORDS 300000

static csh cs;
static cs_insn *ci;

/* Capstone's name of the instruction, without condition and S; NULL if it is
 * undefined to Capstone. */
static const char *capstone_name(enum a32_space space, uint32_t w)
{
	uint32_t mem = space == SPACE_WIDE ? w >> 16 | w << 16 : w;
	const uint8_t *p = (const uint8_t *)&mem;
	size_t size = space == SPACE_NARROW ? 2 : 4, all = size;
	uint64_t pc = 0x1000;

	/* A new handle where there may be an IT block behind it. */
	if (space != SPACE_A32) {
		cs_free(ci, 1);
		cs_close(&cs);
		cs_open(CS_ARCH_ARM, CS_MODE_THUMB | CS_MODE_V8, &cs);
		ci = cs_malloc(cs);
	}
	if (!cs_disasm_iter(cs, &p, &size, &pc, ci) || ci->size != all)
		return NULL;
	return cs_insn_name(cs, ci->id);
}

/* Is @name in the space-separated @list? */
static bool name_listed(const char *list, const char *name)
{
	size_t len = strlen(name);

	while (*list) {
		size_t n = strcspn(list, " ");

		if (n == len && !strncmp(list, name, n))
			return true;
		list += n + strspn(list + n, " ");
	}
	return false;
}

struct quirk {
	enum a32_space space;
	uint32_t mask, value;
	const char *reason;
};

/* Defined by the Arm ARM and by us, unknown to Capstone 4.0.2. */
static const struct quirk capstone_lacks[] = {
	{SPACE_WIDE, 0xff7ff000, 0xf83ff000, "PLD (literal), bit 21 ignored"},
	{SPACE_WIDE, 0xff70f000, 0xf930f000, "LDRSH to R15: reserved hints"},
	{SPACE_WIDE, 0xfff0ffff, 0xf3c08f00, "BXJ is newer than v8 to it"},
	{SPACE_A32, 0xfd70f000, 0xf410f000, "hints that do nothing"},
	{SPACE_A32, 0xfffffdff, 0xf1100000, "SETPAN"},
	{SPACE_NARROW, 0xfff7, 0xb610, "SETPAN"},
	{SPACE_A32, 0xffffffff, 0xf57ff070, "SB"},
	{SPACE_WIDE, 0xffffffff, 0xf3bf8f70, "SB"},
	{SPACE_A32, 0xff800f10, 0xf3000b10, "VQRDMLAH"},
	{SPACE_WIDE, 0xff800f10, 0xff000b10, "VQRDMLAH"},
	{SPACE_A32, 0xff800f10, 0xf3000c10, "VQRDMLSH"},
	{SPACE_WIDE, 0xff800f10, 0xff000c10, "VQRDMLSH"},
	{SPACE_A32, 0xfe800e50, 0xf2800e40, "both by a scalar"},
	{SPACE_WIDE, 0xef800e50, 0xef800e40, "both by a scalar"},
	{SPACE_A32, 0x0f000f00, 0x0e000900, "VFP of half precision"},
	{SPACE_WIDE, 0xef000f00, 0xee000900, "VFP of half precision"},
	{SPACE_A32, 0xffbf0f50, 0xfeb00a40, "VMOVX, VINS"},
	{SPACE_WIDE, 0xffbf0f50, 0xfeb00a40, "VMOVX, VINS"},
	{SPACE_A32, 0x0fbf0fd0, 0x0eb90bc0, "VJCVT"},
	{SPACE_WIDE, 0xffbf0fd0, 0xeeb90bc0, "VJCVT"},
	{SPACE_A32, 0xfe900c00, 0xf2100c00, "half precision: three"},
	{SPACE_WIDE, 0xef900c00, 0xef100c00, "half precision: three"},
	{SPACE_A32, 0xfeb00350, 0xf2900140, "half precision: a scalar"},
	{SPACE_WIDE, 0xefb00350, 0xef900140, "half precision: a scalar"},
	{SPACE_A32, 0xffbc0810, 0xf3b40000, "half precision: two; BF16"},
	{SPACE_WIDE, 0xffbc0810, 0xffb40000, "half precision: two; BF16"},
	{SPACE_A32, 0xfe800e10, 0xf2800c10, "half precision: fixed point"},
	{SPACE_WIDE, 0xef800e10, 0xef800c10, "half precision: fixed point"},
	{SPACE_A32, 0xfc000f00, 0xfc000800, "neon-ext.def"},
	{SPACE_WIDE, 0xfc000f00, 0xfc000800, "neon-ext.def"},
	{SPACE_A32, 0xfc000e00, 0xfc000c00, "neon-ext.def"},
	{SPACE_WIDE, 0xfc000e00, 0xfc000c00, "neon-ext.def"},
};

static bool is_lacking(enum a32_space space, uint32_t w)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(capstone_lacks); i++)
		if (capstone_lacks[i].space == space &&
		    (w & capstone_lacks[i].mask) == capstone_lacks[i].value)
			return true;
	return false;
}

/* What has no row yet, or is for privileged software or a debugger; and
 * coprocessors, of which 15 is the only one. */
static const char not_ours[] =
	"rfeia rfeib rfeda rfedb srsia srsib srsda srsdb hvc smc "
	"eret hlt udf dcps1 dcps2 dcps3 trap mcr mcr2 mrc mrc2 mcrr mcrr2 mrrc "
	"mrrc2 cdp cdp2 ldc ldc2 ldcl ldc2l stc stc2 stcl stc2l movs";

/* VFP and Advanced SIMD, with the cryptographic ones. */
static bool is_vector(const char *name)
{
	return name[0] == 'v' || name[0] == 'f' || !strncmp(name, "aes", 3) ||
	       !strncmp(name, "sha1", 4) || !strncmp(name, "sha256", 6);
}

/*
 * Capstone names much that is CONSTRAINED UNPREDICTABLE, as with R15 or other
 * bits than should be, and is UNDEFINED here: there is a row for it, which
 * doesn't take it.
 */
static bool is_refused(enum a32_space space, const char *name)
{
	unsigned int n;
	const struct insn_row *rows = a32_space_rows(space, &n);

	for (unsigned int i = 0; i < n; i++)
		if (name_listed(rows[i].mnemonics, name))
			return true;
	return false;
}

/* Each disagreement once per row and name. */
static void report(const char *what, enum a32_space space, uint32_t w,
		   const char *name, const struct insn_row *row)
{
	if (report_is_new(what, name, row))
		fprintf(stderr, "%s: %s %08x %s (%s) %s %s\n", what,
			a32_space_names[space], w, name ? name : "-",
			row ? row->name : "no row", name ? ci->mnemonic : "",
			name ? ci->op_str : "");
}

/* One word: both sides must agree. */
static void check_word(enum a32_space space, uint32_t w)
{
	struct insn out;
	const struct insn_row *row = a32_decode(space, w, &out);
	const char *name = capstone_name(space, w);

	ck_assert(!out.fn && !out.link && !out.priv);
	if (row && !name) {
		if (!is_lacking(space, w))
			report("Capstone has no such instruction", space, w,
			       NULL, row);
	} else if (!row && name) {
		if (!is_vector(name) && !name_listed(not_ours, name) &&
		    !is_refused(space, name))
			report("no row", space, w, name, NULL);
	} else if (row && !name_listed(row->mnemonics, name)) {
		report("another name", space, w, name, row);
	}
}

START_TEST(rows_are_sound)
{
	unsigned int n;
	const struct insn_row *rows = a32_space_rows(_i, &n);

	rows_check_sound(rows, n);
}
END_TEST

START_TEST(rows_are_what_capstone_says)
{
	unsigned int n;
	const struct insn_row *rows = a32_space_rows(_i, &n);
	uint32_t w;

	for (unsigned int i = 0; i < n; i++)
		for (unsigned int k = 0; k < PER_ROW; k++) {
			if (!a32_row_valid(_i, &rows[i], &w)) {
				report("row accepts nothing", _i, rows[i].value,
				       NULL, &rows[i]);
				break;
			}
			check_word(_i, w);
		}
	ck_assert_uint_eq(reports, 0);
}
END_TEST

/*
 * What looks UNPREDICTABLE and is not, by the pseudocode of its own encoding in Armv8: a
 * refusal of it would be among those that is_refused() takes for granted.
 */
static const struct {
	enum a32_space space;
	uint32_t word;
} accepted[] = {
	/* The index is the base too, with writeback (before Armv6 it was
	 * UNPREDICTABLE). */
	{SPACE_A32, 0xe6910001}, /* ldr r0, [r1], r1 */
	{SPACE_A32, 0xe7b10001}, /* ldr r0, [r1, r1]! */
	{SPACE_A32, 0xe6010081}, /* str r0, [r1], -r1, lsl #1 */
	{SPACE_A32, 0xe7e10001}, /* strb r0, [r1, r1]! */
	{SPACE_A32, 0xe6b10001}, /* ldrt r0, [r1], r1 */
	{SPACE_A32, 0xe6a10001}, /* strt r0, [r1], r1 */
	{SPACE_A32, 0xe09100b1}, /* ldrh r0, [r1], r1 */
	{SPACE_A32, 0xe1b100d1}, /* ldrsb r0, [r1, r1]! */
	{SPACE_A32, 0xe0b100f1}, /* ldrsht r0, [r1], r1 */
	{SPACE_A32, 0xe18120b1}, /* strh r2, [r1, r1] */
	{SPACE_A32, 0xe08140d1}, /* ldrd r4, [r1], r1 */
	{SPACE_A32, 0xe1a140f1}, /* strd r4, [r1, r1]! */
	{SPACE_A32, 0xf4210701}, /* vld1.8 {d0}, [r1], r1 */
	/* An offset or index is another operand without writeback. */
	{SPACE_A32, 0xe5911000},  /* ldr r1, [r1] */
	{SPACE_A32, 0xe7911001},  /* ldr r1, [r1, r1] */
	{SPACE_A32, 0xe1c400d0},  /* ldrd r0, [r4] */
	{SPACE_A32, 0xe1c440d0},  /* ldrd r4, [r4] */
	{SPACE_A32, 0xe18440f4},  /* strd r4, [r4, r4] */
	{SPACE_WIDE, 0xe9d40404}, /* ldrd r0, r4, [r4, #16] */
	{SPACE_WIDE, 0xe9c40004}, /* strd r0, r0, [r4, #16] */
	/* R15: stored, or a base without writeback. */
	{SPACE_A32, 0xe4a1f000}, /* strt r15, [r1] */
	{SPACE_A32, 0xe6a1f002}, /* strt r15, [r1], r2 */
	{SPACE_A32, 0xe79ff001}, /* ldr r15, [r15, r1] */
	{SPACE_A32, 0xe50f0004}, /* str r0, [r15, #-4] */
	{SPACE_A32, 0xe14f00f8}, /* strd r0, [r15, #-8] */
	{SPACE_A32, 0xed0f0b02}, /* vstr d0, [r15, #-8] */
	{SPACE_A32, 0xec9f0b04}, /* vldmia r15, {d0, d1} */
	{SPACE_A32, 0xec8f0b04}, /* vstmia r15, {d0, d1} */
	{SPACE_A32, 0xe8818000}, /* stm r1, {r15} */
	/* The base in the list of what is stored. */
	{SPACE_A32, 0xe8a10006}, /* stm r1!, {r1, r2} */
	{SPACE_A32,
	 0xe8a20006}, /* stm r2!, {r1, r2}: what is stored is UNKNOWN */
	{SPACE_NARROW, 0xc106}, /* stm r1!, {r1, r2} */
	{SPACE_NARROW, 0xc906}, /* ldm r1, {r1, r2} */
};

START_TEST(accepted_is_what_looks_unpredictable)
{
	struct insn out;

	for (unsigned int k = 0; k < ARRAY_SIZE(accepted); k++)
		ck_assert_msg(
			a32_decode(accepted[k].space, accepted[k].word, &out),
			"%08x is refused", accepted[k].word);
}
END_TEST

/* Near misses: one bit away from something valid. */
START_TEST(neighbours_agree)
{
	unsigned int n;
	const struct insn_row *rows = a32_space_rows(_i, &n);
	uint32_t w;

	for (unsigned int i = 0; i < n; i++)
		for (unsigned int k = 0; k < PER_ROW; k++)
			if (a32_row_valid(_i, &rows[i], &w)) {
				w ^= 1u << gen_below(a32_space_bits(_i));
				if (a32_in_space(_i, w))
					check_word(_i, w);
			}
	ck_assert_uint_eq(reports, 0);
}
END_TEST

START_TEST(random_words_agree)
{
	for (unsigned int i = 0; i < RANDOM_WORDS; i++) {
		uint32_t w =
			(uint32_t)gen_random() >> (32 - a32_space_bits(_i));

		if (a32_in_space(_i, w))
			check_word(_i, w);
	}
	ck_assert_uint_eq(reports, 0);
}
END_TEST

static void setup(void)
{
	const char *seed = getenv("DECODE_SEED");

	gen_seed(seed ? strtoull(seed, NULL, 0) : 1);
	reports = 0;
	ck_assert_int_eq(cs_open(CS_ARCH_ARM, CS_MODE_ARM | CS_MODE_V8, &cs),
			 CS_ERR_OK);
	ci = cs_malloc(cs);
}

static void teardown(void)
{
	cs_free(ci, 1);
	cs_close(&cs);
}

int main(void)
{
	Suite *s = suite_create("decode-a32");
	TCase *tc = tcase_create("table");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, rows_are_sound, 0, NR_SPACES);
	tcase_add_loop_test(tc, rows_are_what_capstone_says, 0, NR_SPACES);
	tcase_add_test(tc, accepted_is_what_looks_unpredictable);
	tcase_add_loop_test(tc, neighbours_agree, 0, NR_SPACES);
	tcase_add_loop_test(tc, random_words_agree, 0, NR_SPACES);
	suite_add_tcase(s, tc);
	return check_run(srunner_create(s));
}
