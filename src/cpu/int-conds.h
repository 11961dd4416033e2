/* SPDX-License-Identifier: MIT */
/*
 * Conditional select and compare, of 32 or 64 bits: int-32.c and int-64.c
 * include it after uintX, adds() and subs(). One set of bodies for each
 * condition (int-cond-body.h), and the tables they are chosen from.
 */

#define COND       COND_EQ
#define EXEC_CSEL  exec_csel_eq
#define EXEC_CSINC exec_csinc_eq
#define EXEC_CSINV exec_csinv_eq
#define EXEC_CSNEG exec_csneg_eq
#define EXEC_CCMN  exec_ccmn_eq
#define EXEC_CCMP  exec_ccmp_eq
#include "cpu/int-cond-body.h"

#define COND       COND_NE
#define EXEC_CSEL  exec_csel_ne
#define EXEC_CSINC exec_csinc_ne
#define EXEC_CSINV exec_csinv_ne
#define EXEC_CSNEG exec_csneg_ne
#define EXEC_CCMN  exec_ccmn_ne
#define EXEC_CCMP  exec_ccmp_ne
#include "cpu/int-cond-body.h"

#define COND       COND_CS
#define EXEC_CSEL  exec_csel_cs
#define EXEC_CSINC exec_csinc_cs
#define EXEC_CSINV exec_csinv_cs
#define EXEC_CSNEG exec_csneg_cs
#define EXEC_CCMN  exec_ccmn_cs
#define EXEC_CCMP  exec_ccmp_cs
#include "cpu/int-cond-body.h"

#define COND       COND_CC
#define EXEC_CSEL  exec_csel_cc
#define EXEC_CSINC exec_csinc_cc
#define EXEC_CSINV exec_csinv_cc
#define EXEC_CSNEG exec_csneg_cc
#define EXEC_CCMN  exec_ccmn_cc
#define EXEC_CCMP  exec_ccmp_cc
#include "cpu/int-cond-body.h"

#define COND       COND_MI
#define EXEC_CSEL  exec_csel_mi
#define EXEC_CSINC exec_csinc_mi
#define EXEC_CSINV exec_csinv_mi
#define EXEC_CSNEG exec_csneg_mi
#define EXEC_CCMN  exec_ccmn_mi
#define EXEC_CCMP  exec_ccmp_mi
#include "cpu/int-cond-body.h"

#define COND       COND_PL
#define EXEC_CSEL  exec_csel_pl
#define EXEC_CSINC exec_csinc_pl
#define EXEC_CSINV exec_csinv_pl
#define EXEC_CSNEG exec_csneg_pl
#define EXEC_CCMN  exec_ccmn_pl
#define EXEC_CCMP  exec_ccmp_pl
#include "cpu/int-cond-body.h"

#define COND       COND_VS
#define EXEC_CSEL  exec_csel_vs
#define EXEC_CSINC exec_csinc_vs
#define EXEC_CSINV exec_csinv_vs
#define EXEC_CSNEG exec_csneg_vs
#define EXEC_CCMN  exec_ccmn_vs
#define EXEC_CCMP  exec_ccmp_vs
#include "cpu/int-cond-body.h"

#define COND       COND_VC
#define EXEC_CSEL  exec_csel_vc
#define EXEC_CSINC exec_csinc_vc
#define EXEC_CSINV exec_csinv_vc
#define EXEC_CSNEG exec_csneg_vc
#define EXEC_CCMN  exec_ccmn_vc
#define EXEC_CCMP  exec_ccmp_vc
#include "cpu/int-cond-body.h"

#define COND       COND_HI
#define EXEC_CSEL  exec_csel_hi
#define EXEC_CSINC exec_csinc_hi
#define EXEC_CSINV exec_csinv_hi
#define EXEC_CSNEG exec_csneg_hi
#define EXEC_CCMN  exec_ccmn_hi
#define EXEC_CCMP  exec_ccmp_hi
#include "cpu/int-cond-body.h"

#define COND       COND_LS
#define EXEC_CSEL  exec_csel_ls
#define EXEC_CSINC exec_csinc_ls
#define EXEC_CSINV exec_csinv_ls
#define EXEC_CSNEG exec_csneg_ls
#define EXEC_CCMN  exec_ccmn_ls
#define EXEC_CCMP  exec_ccmp_ls
#include "cpu/int-cond-body.h"

#define COND       COND_GE
#define EXEC_CSEL  exec_csel_ge
#define EXEC_CSINC exec_csinc_ge
#define EXEC_CSINV exec_csinv_ge
#define EXEC_CSNEG exec_csneg_ge
#define EXEC_CCMN  exec_ccmn_ge
#define EXEC_CCMP  exec_ccmp_ge
#include "cpu/int-cond-body.h"

#define COND       COND_LT
#define EXEC_CSEL  exec_csel_lt
#define EXEC_CSINC exec_csinc_lt
#define EXEC_CSINV exec_csinv_lt
#define EXEC_CSNEG exec_csneg_lt
#define EXEC_CCMN  exec_ccmn_lt
#define EXEC_CCMP  exec_ccmp_lt
#include "cpu/int-cond-body.h"

#define COND       COND_GT
#define EXEC_CSEL  exec_csel_gt
#define EXEC_CSINC exec_csinc_gt
#define EXEC_CSINV exec_csinv_gt
#define EXEC_CSNEG exec_csneg_gt
#define EXEC_CCMN  exec_ccmn_gt
#define EXEC_CCMP  exec_ccmp_gt
#include "cpu/int-cond-body.h"

#define COND       COND_LE
#define EXEC_CSEL  exec_csel_le
#define EXEC_CSINC exec_csinc_le
#define EXEC_CSINV exec_csinv_le
#define EXEC_CSNEG exec_csneg_le
#define EXEC_CCMN  exec_ccmn_le
#define EXEC_CCMP  exec_ccmp_le
#include "cpu/int-cond-body.h"

#define COND       COND_AL
#define EXEC_CSEL  exec_csel_al
#define EXEC_CSINC exec_csinc_al
#define EXEC_CSINV exec_csinv_al
#define EXEC_CSNEG exec_csneg_al
#define EXEC_CCMN  exec_ccmn_al
#define EXEC_CCMP  exec_ccmp_al
#include "cpu/int-cond-body.h"

static insn_fn *const csel_bodies[NR_CONDS] = {
	[COND_EQ] = exec_csel_eq, [COND_NE] = exec_csel_ne,
	[COND_CS] = exec_csel_cs, [COND_CC] = exec_csel_cc,
	[COND_MI] = exec_csel_mi, [COND_PL] = exec_csel_pl,
	[COND_VS] = exec_csel_vs, [COND_VC] = exec_csel_vc,
	[COND_HI] = exec_csel_hi, [COND_LS] = exec_csel_ls,
	[COND_GE] = exec_csel_ge, [COND_LT] = exec_csel_lt,
	[COND_GT] = exec_csel_gt, [COND_LE] = exec_csel_le,
	[COND_AL] = exec_csel_al,
};

static insn_fn *const csinc_bodies[NR_CONDS] = {
	[COND_EQ] = exec_csinc_eq, [COND_NE] = exec_csinc_ne,
	[COND_CS] = exec_csinc_cs, [COND_CC] = exec_csinc_cc,
	[COND_MI] = exec_csinc_mi, [COND_PL] = exec_csinc_pl,
	[COND_VS] = exec_csinc_vs, [COND_VC] = exec_csinc_vc,
	[COND_HI] = exec_csinc_hi, [COND_LS] = exec_csinc_ls,
	[COND_GE] = exec_csinc_ge, [COND_LT] = exec_csinc_lt,
	[COND_GT] = exec_csinc_gt, [COND_LE] = exec_csinc_le,
	[COND_AL] = exec_csinc_al,
};

static insn_fn *const csinv_bodies[NR_CONDS] = {
	[COND_EQ] = exec_csinv_eq, [COND_NE] = exec_csinv_ne,
	[COND_CS] = exec_csinv_cs, [COND_CC] = exec_csinv_cc,
	[COND_MI] = exec_csinv_mi, [COND_PL] = exec_csinv_pl,
	[COND_VS] = exec_csinv_vs, [COND_VC] = exec_csinv_vc,
	[COND_HI] = exec_csinv_hi, [COND_LS] = exec_csinv_ls,
	[COND_GE] = exec_csinv_ge, [COND_LT] = exec_csinv_lt,
	[COND_GT] = exec_csinv_gt, [COND_LE] = exec_csinv_le,
	[COND_AL] = exec_csinv_al,
};

static insn_fn *const csneg_bodies[NR_CONDS] = {
	[COND_EQ] = exec_csneg_eq, [COND_NE] = exec_csneg_ne,
	[COND_CS] = exec_csneg_cs, [COND_CC] = exec_csneg_cc,
	[COND_MI] = exec_csneg_mi, [COND_PL] = exec_csneg_pl,
	[COND_VS] = exec_csneg_vs, [COND_VC] = exec_csneg_vc,
	[COND_HI] = exec_csneg_hi, [COND_LS] = exec_csneg_ls,
	[COND_GE] = exec_csneg_ge, [COND_LT] = exec_csneg_lt,
	[COND_GT] = exec_csneg_gt, [COND_LE] = exec_csneg_le,
	[COND_AL] = exec_csneg_al,
};

static insn_fn *const ccmn_bodies[NR_CONDS] = {
	[COND_EQ] = exec_ccmn_eq, [COND_NE] = exec_ccmn_ne,
	[COND_CS] = exec_ccmn_cs, [COND_CC] = exec_ccmn_cc,
	[COND_MI] = exec_ccmn_mi, [COND_PL] = exec_ccmn_pl,
	[COND_VS] = exec_ccmn_vs, [COND_VC] = exec_ccmn_vc,
	[COND_HI] = exec_ccmn_hi, [COND_LS] = exec_ccmn_ls,
	[COND_GE] = exec_ccmn_ge, [COND_LT] = exec_ccmn_lt,
	[COND_GT] = exec_ccmn_gt, [COND_LE] = exec_ccmn_le,
	[COND_AL] = exec_ccmn_al,
};

static insn_fn *const ccmp_bodies[NR_CONDS] = {
	[COND_EQ] = exec_ccmp_eq, [COND_NE] = exec_ccmp_ne,
	[COND_CS] = exec_ccmp_cs, [COND_CC] = exec_ccmp_cc,
	[COND_MI] = exec_ccmp_mi, [COND_PL] = exec_ccmp_pl,
	[COND_VS] = exec_ccmp_vs, [COND_VC] = exec_ccmp_vc,
	[COND_HI] = exec_ccmp_hi, [COND_LS] = exec_ccmp_ls,
	[COND_GE] = exec_ccmp_ge, [COND_LT] = exec_ccmp_lt,
	[COND_GT] = exec_ccmp_gt, [COND_LE] = exec_ccmp_le,
	[COND_AL] = exec_ccmp_al,
};

static insn_fn *cond_body(const struct insn *i)
{
	switch (i->op) {
	case A64_CSEL: return csel_bodies[i->form];
	case A64_CSINC: return csinc_bodies[i->form];
	case A64_CSINV: return csinv_bodies[i->form];
	case A64_CSNEG: return csneg_bodies[i->form];
	case A64_CCMN_reg:
	case A64_CCMN_imm: return ccmn_bodies[i->form];
	case A64_CCMP_reg:
	case A64_CCMP_imm: return ccmp_bodies[i->form];
	default: return NULL;
	}
}
