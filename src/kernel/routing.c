/* SPDX-License-Identifier: MIT */
/*
 * GSI routing: what an irqfd's gsi means, a pin of the irqchip or an MSI.
 * Without a table set after the irqchip was initialised gsi n is pin n, if
 * the architecture has it so.
 */
#include "kernel/irq.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/refuse.h"
#include "kernel/arch.h"
#include "kernel/misuse.h"
#include "kernel/vm.h"

static long route_check(struct vm *vm, const struct kvm_irq_routing_entry *e,
			const struct routing *table)
{
	bool msi = e->type == KVM_IRQ_ROUTING_MSI;

	if (e->gsi >= MAX_GSI)
		return refuse(EINVAL, FKVM_ROUTE_GSI, "the number is above %u",
			      MAX_GSI - 1);
	if (e->flags & ~(msi ? KVM_MSI_VALID_DEVID : 0))
		return refuse(EINVAL, FKVM_ROUTE_FLAGS,
			      "flags %#x, type %u has %#x", e->flags, e->type,
			      msi ? KVM_MSI_VALID_DEVID : 0);
	if (table->route[e->gsi].type)
		return refuse(EINVAL, FKVM_ROUTE_TWICE,
			      "it has an entry before this one");
	if (e->type != KVM_IRQ_ROUTING_IRQCHIP && !msi)
		return refuse(EINVAL, FKVM_ROUTE_TYPE,
			      "type %u is neither IRQCHIP nor MSI", e->type);
	if (!msi && (e->u.irqchip.irqchip ||
		     e->u.irqchip.pin >= vm->arch->irqchip_pins))
		return refuse(EINVAL, FKVM_ROUTE_PIN,
			      "irqchip %u pin %u, there is 0 with %u",
			      e->u.irqchip.irqchip, e->u.irqchip.pin,
			      vm->arch->irqchip_pins);
	return 0;
}

static long routing_read(struct vm *vm, struct routing *table, uint32_t nr,
			 const struct kvm_irq_routing_entry *user)
{
	for (uint32_t i = 0; i < nr; i++) {
		struct kvm_irq_routing_entry e;
		struct route *r;
		long ret;

		if (copy_from_user(&e, user + i, sizeof(e)))
			return -EFAULT;
		ret = route_check(vm, &e, table);
		if (ret)
			return refused_within(ret, "entry %u, gsi %u", i,
					      e.gsi);
		r = &table->route[e.gsi];
		r->type = e.type;
		r->flags = e.flags;
		if (e.type == KVM_IRQ_ROUTING_MSI) {
			r->msi = e.u.msi;
		} else {
			r->pin = e.u.irqchip.pin;
			table->gsi_of_pin[r->pin] = e.gsi + 1;
		}
	}
	return 0;
}

/* All entries are read before the first is judged, as Linux does. */
static bool entries_readable(const struct kvm_irq_routing_entry *user,
			     uint32_t nr)
{
	struct kvm_irq_routing_entry e;

	for (uint32_t i = 0; i < nr; i++)
		if (copy_from_user(&e, user + i, sizeof(e)))
			return false;
	return true;
}

long routing_set(struct vm *vm, const struct kvm_irq_routing *hdr,
		 const void *user_entries)
{
	struct routing *table, *old;
	long ret;

	if (hdr->nr > MAX_GSI || hdr->flags)
		return refuse(EINVAL, FKVM_ROUTE_TABLE,
			      "%u entries of %u, flags %#x, not 0", hdr->nr,
			      MAX_GSI, hdr->flags);
	if (!entries_readable(user_entries, hdr->nr))
		return -EFAULT;
	table = calloc(1, sizeof(*table));
	if (!table)
		return refuse(ENOMEM, FKVM_NO_MEMORY,
			      "no memory for the table");
	ret = routing_read(vm, table, hdr->nr, user_entries);
	if (ret) {
		free(table);
		return ret;
	}
	if (warnings_wanted())
		misuse_routing(vm, table);
	table->before_init = !irqchip_initialised(vm->dev.irqchip);
	pthread_mutex_lock(&vm->route_lock);
	old = vm->routing;
	vm->routing = table;
	pthread_mutex_unlock(&vm->route_lock);
	free(old);
	return 0;
}

void routing_free(struct vm *vm)
{
	free(vm->routing);
}

/* The table in force, NULL: the default. route_lock held. */
static const struct routing *routing_now(struct vm *vm)
{
	return vm->routing && !(vm->routing->before_init &&
				irqchip_initialised(vm->dev.irqchip))
		       ? vm->routing
		       : NULL;
}

/* By default gsi n is pin n. */
static bool routed_by_default(struct vm *vm, unsigned int n)
{
	return vm->arch->default_routes &&
	       irqchip_initialised(vm->dev.irqchip) &&
	       n < irqchip_nr_pins(vm->dev.irqchip);
}

/* The route of @gsi now; type 0 if it has none. */
static struct route routing_get(struct vm *vm, unsigned int gsi)
{
	const struct routing *table;
	struct route r = {0};

	pthread_mutex_lock(&vm->route_lock);
	table = routing_now(vm);
	if (table && gsi < MAX_GSI)
		r = table->route[gsi];
	else if (!table && routed_by_default(vm, gsi))
		r = (struct route){.type = KVM_IRQ_ROUTING_IRQCHIP, .pin = gsi};
	pthread_mutex_unlock(&vm->route_lock);
	return r;
}

int routing_pin(struct vm *vm, unsigned int gsi)
{
	const struct routing *table;
	int pin = -1;

	pthread_mutex_lock(&vm->route_lock);
	table = routing_now(vm);
	if (table && gsi < MAX_GSI &&
	    table->route[gsi].type == KVM_IRQ_ROUTING_IRQCHIP)
		pin = (int)table->route[gsi].pin;
	else if (!table && vm->arch->default_routes && gsi < MAX_GSI)
		pin = (int)gsi;
	pthread_mutex_unlock(&vm->route_lock);
	return pin;
}

int routing_gsi_of_pin(struct vm *vm, unsigned int pin)
{
	const struct routing *table;
	int gsi = -1;

	pthread_mutex_lock(&vm->route_lock);
	table = routing_now(vm);
	if (table && pin < MAX_GSI)
		gsi = table->gsi_of_pin[pin] - 1;
	else if (!table && routed_by_default(vm, pin))
		gsi = (int)pin;
	pthread_mutex_unlock(&vm->route_lock);
	return gsi;
}

static int route_inject(struct vm *vm, struct route r, int level)
{
	if (r.type == KVM_IRQ_ROUTING_IRQCHIP) {
		if (r.pin < irqchip_nr_pins(vm->dev.irqchip))
			return irqchip_set_pin(vm->dev.irqchip, r.pin, level);
	} else if (r.type == KVM_IRQ_ROUTING_MSI &&
		   (level || vm->arch->msi_any_level)) {
		struct irqchip_msi msi = {
			.doorbell = (uint64_t)r.msi.address_hi << 32 |
				    r.msi.address_lo,
			.data = r.msi.data,
			.devid = r.msi.devid,
			.has_devid = r.flags & KVM_MSI_VALID_DEVID,
			.later = true,
		};

		return irqchip_msi(vm->dev.irqchip, &msi);
	}
	return -1;
}

/* Nobody asks for the errno of an interrupt that the irqchip refuses. */
int routing_set_level(struct vm *vm, unsigned int gsi, int level)
{
	struct route r = routing_get(vm, gsi);
	struct refusal why;
	int ret;

	if (!log_enabled(LOG_INFO)) {
		ret = route_inject(vm, r, level);
	} else {
		refusal_begin(&why);
		ret = route_inject(vm, r, level);
		refusal_end(&why);
		if (why.err > 0)
			log_info("gsi %u is lost: %s", gsi, why.why);
		else if (!r.type && level)
			log_info("gsi %u is lost: it has no route", gsi);
	}
	return ret < 0 ? -1 : ret;
}

void routing_inject(struct vm *vm, unsigned int gsi, int level)
{
	routing_set_level(vm, gsi, level);
}

long msi_signal(struct vm *vm, const struct kvm_msi *msi)
{
	struct irqchip_msi m = {
		.doorbell = (uint64_t)msi->address_hi << 32 | msi->address_lo,
		.data = msi->data,
		.devid = msi->devid,
		.has_devid = msi->flags & KVM_MSI_VALID_DEVID,
	};

	if (!vm_has_irqchip(vm))
		return refuse(EINVAL, FKVM_MSI_GIC, "the VM has no irqchip");
	if (msi->flags & ~KVM_MSI_VALID_DEVID)
		return refuse(EINVAL, FKVM_MSI_FLAGS, "flags %#x", msi->flags);
	return irqchip_msi(vm->dev.irqchip, &m);
}
