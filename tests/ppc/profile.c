/* SPDX-License-Identifier: MIT */
/*
 * Client of the PowerPC profile: capabilities, requests of every descriptor,
 * registers of a vCPU, its TLB and its capabilities, and the errno of what is
 * wrong with them. The MPIC has a client of its own. See ppc.h; check-profile
 * compares the lines with those of a real kernel.
 */
#include "profile.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int kvm, vm, vcpu, device;

void topic(const char *name)
{
	printf("# %s\n", name);
}

/* ---- descriptors --------------------------------------------------------- */

void new_vm(void)
{
	vm = ask_value(kvm, KVM_CREATE_VM, 0);
	vcpu = ask_value(vm, KVM_CREATE_VCPU, 0);
	if (vm < 0 || vcpu < 0) {
		printf("no VM: %s, %s\n", answer(vm), answer(vcpu));
		exit(1);
	}
}

void end_vm(void)
{
	close(vcpu);
	close(vm);
}

int new_mpic(void)
{
	struct kvm_create_device cd = {.type = KVM_DEV_TYPE_FSL_MPIC_20};
	int ret = ask(vm, KVM_CREATE_DEVICE, &cd);

	return ret < 0 ? ret : (int)cd.fd;
}
int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm < 0) {
		printf("no /dev/kvm: %s\n", answer(-errno));
		return 1;
	}
	system_requests();
	new_vm();
	capabilities();
	vcpu_ids();
	memory();
	pvinfo();
	interrupts("interrupts without an MPIC");
	devices();
	end_vm();

	new_vm();
	device = new_mpic();
	interrupts("interrupts with an MPIC");
	device_descriptor();
	request_numbers();
	end_vm();

	new_vm();
	regs();
	sregs();
	end_vm();

	new_vm();
	one_reg();
	timers();
	fpu();
	tlb_config();
	tlb_entries();
	end_vm();

	new_vm();
	close(device);
	device = new_mpic();
	vm_caps();
	vcpu_caps();
	mpic_connect();
	guest_debug();
	small_requests();
	end_vm();

	new_vm();
	close(device);
	device = new_mpic();
	run_errors();
	end_vm();
	return 0;
}
