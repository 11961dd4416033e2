/* SPDX-License-Identifier: MIT */
/*
 * Registers by 64-bit id: what the files of KVM_GET_ONE_REG, KVM_SET_ONE_REG
 * and KVM_GET_REG_LIST share. A family is what bits 27-16 of the id say.
 */
#ifndef FAUXKVM_KERNEL_ONEREG_H
#define FAUXKVM_KERNEL_ONEREG_H

#include "kernel/arm64/arm64.h"

#define ONEREG_U64 (KVM_REG_ARM64 | KVM_REG_SIZE_U64)

/* Takes the next id of the list: 0, or an errno that ends it. */
typedef int onereg_put(uint64_t id, void *ctx);

/*
 * The functions answer as the request, with vcpu->lock held; @user is the
 * VMM's pointer to the value.
 */
struct onereg_family {
	uint32_t id;
	const char *title;
	long (*get)(struct vcpu *vcpu, uint64_t id, void *user);
	long (*set)(struct vcpu *vcpu, uint64_t id, const void *user);
	/* Call @put for each id of @vcpu (NULL: of any that the host can have);
	 * NULL: none is listed. */
	int (*list)(const struct vcpu *vcpu, onereg_put *put, void *ctx);
	/* What one is called, in @size bytes; nothing: no row has it. */
	void (*name)(uint64_t id, char *name, size_t size);
};

/* The registers that one ABI has. */
struct onereg_ids {
	uint64_t arch; /* KVM_REG_ARM64: of each id */
	/* In the order in which Linux lists them. */
	const struct onereg_family *const *families;
	unsigned int nr;
	/* Who answers for @id, whether or not it has it. */
	const struct onereg_family *(*find)(uint64_t id);
};

/* onereg.c: the requests of an ABI, and its ids' names and rows. */
long onereg_get(const struct onereg_ids *ids, struct vcpu *vcpu,
		const struct kvm_one_reg *reg);
long onereg_set(const struct onereg_ids *ids, struct vcpu *vcpu,
		const struct kvm_one_reg *reg);
long onereg_list(const struct onereg_ids *ids, const struct vcpu *vcpu,
		 const struct kvm_reg_list *arg, unsigned long user);
bool onereg_name_of(const struct onereg_ids *ids, uint64_t id, char *name,
		    size_t size);
bool onereg_row_of(const struct onereg_ids *ids, unsigned int n,
		   struct kernel_reg_row *out);

extern const struct onereg_family onereg_core;   /* onereg-core.c */
extern const struct onereg_family onereg_sve;    /* sve.c */
extern const struct onereg_family onereg_fw;     /* onereg-fw.c */
extern const struct onereg_family onereg_fwbmap; /* onereg-fw.c */
extern const struct onereg_family onereg_sysreg; /* onereg-sysreg.c */
extern const struct onereg_family onereg_demux;  /* onereg-sysreg.c */

/* Bytes of the register that @id names. */
static inline unsigned int onereg_size(uint64_t id)
{
	return 1u << FIELD(id, 55, 52);
}

#endif
