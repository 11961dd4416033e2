/* SPDX-License-Identifier: MIT */
/*
 * From a decoded instruction to the function that does it. Each class has one
 * function that picks the body, special to the operands where that pays; it
 * stands in the file named. Bodies are as in cpu/exec.h.
 */
#ifndef FAUXKVM_CPU_BODIES_H
#define FAUXKVM_CPU_BODIES_H

#include "cpu/cpu.h"
#include "isa/insn.h"

/*
 * The bodies of what accesses memory, of which there are three builds (cpu/mem.h);
 * each has its own ldst_body() and so on behind one of these. That of flat memory is no
 * part of libcpu: src/cpu/local.mk says how it is linked.
 */
struct mem_bodies {
	insn_fn *(*ldst)(const struct insn *i);
	/* When both TLBs are known to have nothing. */
	insn_fn *(*ldst_missed)(const struct insn *i);
	insn_fn *(*vldst)(const struct insn *i);
	insn_fn *(*atomic)(const struct insn *i);
	insn_fn *(*sve)(const struct insn *i);
	insn_fn *(*a32)(const struct insn *i); /* LDST of AArch32's own */
};
extern const struct mem_bodies mem_mmu_bodies;
extern const struct mem_bodies mem_big_bodies; /* of a guest's, big-endian */
extern const struct mem_bodies mem_flat_bodies;

/* The body that @i is done by, whatever there is about it; never NULL. */
insn_fn *insn_body(const struct insn *i, const struct mem_bodies *mem);

/* Make decoded @i ready to run: its fn, and what that keeps in priv and body. @mem: as
 * cpu_mem_bodies() has it. */
void insn_bind(struct insn *i, const struct mem_bodies *mem);

/* By which way @cpu accesses memory. */
static inline const struct mem_bodies *cpu_mem_bodies(const struct cpu *cpu)
{
	if (cpu->env->flat)
		return cpu->env->flat->bodies;
	return cpu->big ? &mem_big_bodies : &mem_mmu_bodies;
}

/*
 * Decode @word and bind it, for a guest behind an MMU. Always fills *out but for pgoff. Returns the row,
 * NULL if it is UNDEFINED here: no row, or an unknown system register.
 */
const struct insn_row *insn_prepare(uint32_t word, struct insn *out);

/* Body of undefined encodings: UNDEF exception; reports the instruction once
 * (log_warn with its disassembly) if Capstone knows it. Lives in system.c. */
insn_fn insn_undefined;

/* ---- by class ------------------------------------------------------------ */

/* NULL: not an operation of that file. */
insn_fn *int_body(const struct insn *i);        /* int.c */
insn_fn *crc32_body(const struct insn *i);      /* crc32.c, for int_body() */
insn_fn *ldst_body(const struct insn *i);       /* ldst.c */
insn_fn *vldst_body(const struct insn *i);      /* simd/ldst.c */
insn_fn *atomic_body(const struct insn *i);     /* atomic.c */
insn_fn *fp_body(const struct insn *i);         /* fp/bodies.c */
insn_fn *simd_lanes_body(const struct insn *i); /* simd/lanes.c */
insn_fn *simd_move_body(const struct insn *i);  /* simd/move.c */
insn_fn *crypto_body(const struct insn *i);     /* crypto.c */
insn_fn *pauth_body(const struct insn *i); /* pauth.c: branches and hints too */
insn_fn *sve_body(const struct insn *i);   /* sve/bodies.c: exec_sve() */
insn_fn *sve_ldst_body(const struct insn *i); /* sve/ldst.c */
insn_fn *system_body(const struct insn *i);   /* system.c: SYS and CONTEXT */
insn_fn *branch_body(const struct insn *i);   /* branch.c */
insn_fn *mte_body(const struct insn *i);      /* mte.c */
/* Operations of AArch32's own. */
insn_fn *a32_int_body(const struct insn *i);    /* a32/int.c */
insn_fn *a32_media_body(const struct insn *i);  /* a32/media.c */
insn_fn *a32_branch_body(const struct insn *i); /* a32/branch.c */
insn_fn *a32_system_body(const struct insn *i); /* a32/system.c */
insn_fn *a32_ldst_body(const struct insn *i);   /* a32/ldst.c */
insn_fn *a32_vfp_body(const struct insn *i);    /* a32/vfp.c */
insn_fn *a32_neon_body(const struct insn *i);   /* a32/neon.c */
/* Is @i, of AArch32, Advanced SIMD that needs registers copied or another FPCR? Then the
 * other is its body. */
bool a32_neon_copies(const struct insn *i);
insn_fn *a32_neon_copying_body(void);
/* a32/vfp-ldst.c, for a32_ldst_body() */
insn_fn *a32_vfp_ldst_body(const struct insn *i);

/* For struct mem_bodies; ldst.c. */
insn_fn *ldst_missed_body(const struct insn *i);

#endif
