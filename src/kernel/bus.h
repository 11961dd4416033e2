/* SPDX-License-Identifier: MIT */
/*
 * What answers an access outside memory before the VMM does: register frames
 * of devices (mmio-bus.c), ioeventfds (ioeventfd.c), coalesced zones
 * (coalesced.c).
 */
#ifndef FAUXKVM_KERNEL_BUS_H
#define FAUXKVM_KERNEL_BUS_H

#include <fauxkvm/kvm.h>

#include "base/types.h"

struct vm;
struct vcpu;

enum bus_kind { BUS_FRAME, BUS_IOEVENTFD, BUS_COALESCED };

struct bus_entry {
	gpa_t base;
	uint64_t size; /* 0: an ioeventfd of any length */
	enum bus_kind kind;
	void *object;
};

/*
 * Immutable once published; sorted by base, and by end where Linux does. After
 * these @count come the frames that Linux leaves to the hardware: they are on
 * no bus there, and come first.
 */
struct bus {
	unsigned int room;
	unsigned int count, hardware, devices; /* devices: what Linux limits */
	struct bus_entry entry[];
};

enum { BUS_MMIO, BUS_PIO, BUS_CCW, NR_BUSES };

/* Addresses of the MMIO bus for which there is no entry, for an access that
 * ends before @end too, as of vm->bus_version @version. start == end: none. */
struct bus_hole {
	gpa_t start, end;
	uint64_t version;
};

int bus_init(struct vm *vm);
void bus_free(struct vm *vm);
/* slots_lock held. On return of bus_remove no vCPU uses @object any more. */
int bus_add(struct vm *vm, unsigned int nr, const struct bus_entry *e);
void bus_remove(struct vm *vm, unsigned int nr, const void *object);
/* True when something in the model took the access. */
bool bus_access(struct vcpu *vcpu, gpa_t gpa, bool write, unsigned int len,
		uint64_t *data);

struct ioeventfd {
	gpa_t addr;
	uint32_t len;
	bool wildcard, blocks;
	unsigned int bus;
	uint64_t datamatch, eventfd_id;
	int fd; /* our own duplicate */
	struct ioeventfd *next;
};
/* @data, here and below: as in the guest's memory. */
bool ioeventfd_write(struct vm *vm, const struct ioeventfd *e, gpa_t gpa,
		     unsigned int len, uint64_t data);
long ioeventfd_set(struct vm *vm, const struct kvm_ioeventfd *args);
void ioeventfd_free_all(struct vm *vm);

struct coalesced_zone {
	struct kvm_coalesced_mmio_zone zone;
	struct coalesced_zone *next;
};
bool coalesced_write(struct vm *vm, const struct coalesced_zone *z, gpa_t gpa,
		     unsigned int len, uint64_t data);
long coalesced_register(struct vm *vm, const struct kvm_coalesced_mmio_zone *z);
long coalesced_unregister(struct vm *vm,
			  const struct kvm_coalesced_mmio_zone *z);
void coalesced_free_all(struct vm *vm);

#endif
