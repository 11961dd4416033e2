/* SPDX-License-Identifier: MIT */
/*
 * The names of what the build for big-endian data (cpu/mem.h, -DFAUXKVM_MEM_BIG) has beside the
 * other one in the same library. Included before anything else, by src/cpu/local.mk.
 */
#ifndef FAUXKVM_CPU_MEM_BIG_H
#define FAUXKVM_CPU_MEM_BIG_H

#define a32_ldst_body             a32_ldst_body_big
#define a32_vfp_ldst_body         a32_vfp_ldst_body_big
#define atomic_bodies_16          atomic_bodies_16_big
#define atomic_bodies_32          atomic_bodies_32_big
#define atomic_bodies_64          atomic_bodies_64_big
#define atomic_bodies_8           atomic_bodies_8_big
#define atomic_body               atomic_body_big
#define atomic_pair_body          atomic_pair_body_big
#define atomic_slow               atomic_slow_big
#define exec_ldar_slow            exec_ldar_slow_big
#define exec_ldst_load_pair_slow  exec_ldst_load_pair_slow_big
#define exec_ldst_load_slow       exec_ldst_load_slow_big
#define exec_ldst_store_pair_slow exec_ldst_store_pair_slow_big
#define exec_ldst_store_slow      exec_ldst_store_slow_big
#define exec_stlr_slow            exec_stlr_slow_big
#define exec_vld_struct_slow      exec_vld_struct_slow_big
#define exec_vldst_slow           exec_vldst_slow_big
#define exec_vst_struct_slow      exec_vst_struct_slow_big
#define ldst_bodies_16            ldst_bodies_16_big
#define ldst_bodies_32            ldst_bodies_32_big
#define ldst_bodies_64            ldst_bodies_64_big
#define ldst_bodies_8             ldst_bodies_8_big
#define ldst_body                 ldst_body_big
#define ldst_missed_body          ldst_missed_body_big
#define ldst_pair_bodies_32       ldst_pair_bodies_32_big
#define ldst_pair_bodies_64       ldst_pair_bodies_64_big
#define simd_read_elements        simd_read_elements_big
#define simd_write_elements       simd_write_elements_big
#define sve_contiguous_body       sve_contiguous_body_big
#define sve_fault_body            sve_fault_body_big
#define sve_ldst_body             sve_ldst_body_big
#define sve_vector_address        sve_vector_address_big
#define sve_vector_body           sve_vector_body_big
#define vldst_bodies_b            vldst_bodies_b_big
#define vldst_bodies_d            vldst_bodies_d_big
#define vldst_bodies_h            vldst_bodies_h_big
#define vldst_bodies_q            vldst_bodies_q_big
#define vldst_bodies_s            vldst_bodies_s_big
#define vldst_body                vldst_body_big
#define vldst_struct_b            vldst_struct_b_big
#define vldst_struct_body         vldst_struct_body_big
#define vldst_struct_d            vldst_struct_d_big
#define vldst_struct_h            vldst_struct_h_big
#define vldst_struct_s            vldst_struct_s_big

#endif
