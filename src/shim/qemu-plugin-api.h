/* SPDX-License-Identifier: MIT */
/*
 * The part of QEMU's plugin interface that the bridge uses, alike in API versions
 * 1 (QEMU 4.2 to 8.2) and 2 (since 9.0; newer ones still take it). Debian does not package the header.
 */
#ifndef FAUXKVM_SHIM_QEMU_PLUGIN_API_H
#define FAUXKVM_SHIM_QEMU_PLUGIN_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QEMU_PLUGIN_EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;

/* What QEMU tells qemu_plugin_install(); the rest of the structure is about
 * system emulation. */
struct qemu_info_head {
	const char *target_name;
	struct {
		int min, cur;
	} version;
	bool system_emulation;
};

typedef void (*qemu_plugin_vcpu_syscall_cb_t)(qemu_plugin_id_t id,
					      unsigned int vcpu, int64_t num,
					      uint64_t a1, uint64_t a2,
					      uint64_t a3, uint64_t a4,
					      uint64_t a5, uint64_t a6,
					      uint64_t a7, uint64_t a8);
typedef void (*qemu_plugin_vcpu_syscall_ret_cb_t)(qemu_plugin_id_t id,
						  unsigned int vcpu,
						  int64_t num, int64_t ret);

struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*qemu_plugin_vcpu_tb_trans_cb_t)(qemu_plugin_id_t id,
					       struct qemu_plugin_tb *tb);

/* QEMU provides these. @cb NULL: no more. */
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
					   qemu_plugin_vcpu_tb_trans_cb_t cb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(
	const struct qemu_plugin_tb *tb, size_t idx);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_syscall_cb(qemu_plugin_id_t id,
					  qemu_plugin_vcpu_syscall_cb_t cb);
void qemu_plugin_register_vcpu_syscall_ret_cb(
	qemu_plugin_id_t id, qemu_plugin_vcpu_syscall_ret_cb_t cb);

/* A plugin provides these. */
extern QEMU_PLUGIN_EXPORT int qemu_plugin_version;
QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id,
					   const struct qemu_info_head *info,
					   int argc, char **argv);

#endif
