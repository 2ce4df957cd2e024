// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hercules.c - what Hercules lacks to be a host for KVM guests with PCI functions.
 *
 * Hercules 3.13 executes SIE, and so Linux's own KVM runs on it. Hercules knows no PCI. This
 * module, which the configuration of zpci-lab(1) loads by LDMOD after the module dyninst, adds four
 * things:
 *
 *	zPCI instructions
 *		In a guest they are an instruction interception, and KVM gives them to its user
 *		space. In the host they stay an operation exception, as on a machine without the
 *		facility: the host needs no PCI of its own.
 *	SERVC	The SCP information of the host announces the enhanced suppression-on-protection
 *		facility. QEMU starts no KVM guest without it (KVM_CAP_S390_COW).
 *	STFLE	A guest gets the facility list that KVM made for it. Hercules has only one list,
 *		the host's, which has no zPCI.
 *	PTF	Function 2, whether the topology has changed, is answered for a guest. A real SIE
 *		does so, and QEMU from 8.2 on relies on it. Hercules intercepts it.
 *
 * Problem state. Linux and QEMU check in each handler of an intercepted instruction whether the
 * guest was in problem state, so a machine may intercept before it checks. This module does not
 * check. Then nothing but the hypervisor's own check protects the guest, and our tests see whether
 * it is there. Hercules itself checks first for its own instructions, such as SERVC.
 *
 * EXECUTE. Hercules subtracts the target's length from the address in the PSW before it executes
 * the target, and when it leaves SIE it takes the target as the intercepted instruction. So a
 * target needs no care here.
 *
 * Several CPUs. Nothing here is written after the module was loaded, but what KVM shares with SIE,
 * by one atomic operation. STFLE writes the guest's list itself, into the guest's storage, and does
 * not exchange Hercules' list meanwhile.
 */
#include "hercules.h"

#include <setjmp.h>
#include <stddef.h>
#include <string.h>

#ifndef __x86_64__
#error "the places in struct REGS are those of amd64"
#endif

/* The state description, Linux's struct kvm_s390_sie_block. */
#define SIEBK_SCA_HIGH 0x5c /* where the system control area of the guest is */
#define SIEBK_SCA_LOW 0x64
#define SIEBK_SCA_ADDRESS (~UINT64_C(0xf)) /* KVM puts each guest's at another multiple of 16 */
#define SIEBK_ECB 0x61
#define SIEBK_ECB_PTF 0x01
#define SIEBK_FAC 0x1a0 /* where the guest's facility list is */
#define SIEBK_FAC_ADDRESS 0x7ffffff8

/* The system control area, Linux's struct bsca_block and struct esca_block: a byte of the utility
 * field. */
#define SCA_UTILITY 56
#define SCA_UTILITY_CHANGED 0x80

/* PTF: is a report of a change pending? */
#define PTF_CHECK 2

/* Linux's struct read_info_sccb. */
#define SCLP_READ_SCP_INFO 0x00020001
#define SCLP_READ_SCP_INFO_MASK 0xffef00ff /* the forced form counts as well */
#define SCCB_RESPONSE 6
#define SCCB_RESPONSE_DONE 0x0010
#define SCCB_FAC85 85
#define SCCB_FAC85_ESOP 0x02

static uint64_t *regs_u64(regs_t *regs, unsigned offset)
{
	return (uint64_t *)(void *)(regs + offset);
}

static void *regs_pointer(regs_t *regs, unsigned offset)
{
	return (void *)(uintptr_t)*regs_u64(regs, offset);
}

static uint64_t *general(regs_t *regs, unsigned number)
{
	return regs_u64(regs, REGS_GR) + number;
}

static uint32_t big32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

static uint64_t big64(const uint8_t *bytes)
{
	return (uint64_t)big32(bytes) << 32 | big32(bytes + 4);
}

/* @count bytes of absolute storage, or NULL if they are not all there. */
static uint8_t *absolute(regs_t *regs, uint64_t address, uint64_t count)
{
	uint64_t last = *regs_u64(regs, REGS_MAINLIM);

	if (address > last || last - address < count - 1)
		return NULL;
	return (uint8_t *)regs_pointer(regs, REGS_MAINSTOR) + address;
}

/* --- zPCI ----------------------------------------------------------------------------------- */

/* Hercules expects that the PSW is behind the instruction whenever it is left early. */
static void zpci(uint8_t *bytes, regs_t *regs)
{
	unsigned length = bytes[0] == 0xb9 ? 4 : 6;

	if (!(regs[REGS_SIE] & SIE_MODE)) {
		z900_operation_exception(bytes, regs);
		return;
	}
	*regs_u64(regs, REGS_IP) += length;
	regs[REGS_ILC] = (uint8_t)length;
	longjmp(*(jmp_buf *)(void *)(regs + REGS_PROGJMP), SIE_INTERCEPT_INST);
}

/* --- SERVC ---------------------------------------------------------------------------------- */

/* A guest's SERVC is intercepted inside of Hercules' own function, which does not return then. */
static void service_call(uint8_t *bytes, regs_t *regs)
{
	uint32_t command = (uint32_t)*general(regs, bytes[3] >> 4);
	uint32_t address = (uint32_t)*general(regs, bytes[3] & 15);
	uint32_t prefix = (uint32_t)*regs_u64(regs, REGS_PX), area = address & ~0x1fffu;
	uint8_t *sccb;

	z900_service_call(bytes, regs);
	if ((command & SCLP_READ_SCP_INFO_MASK) != SCLP_READ_SCP_INFO)
		return;
	if (area == 0 || area == prefix)
		address ^= prefix;
	sccb = absolute(regs, address, SCCB_FAC85 + 1);
	if (sccb && (sccb[SCCB_RESPONSE] << 8 | sccb[SCCB_RESPONSE + 1]) == SCCB_RESPONSE_DONE)
		sccb[SCCB_FAC85] |= SCCB_FAC85_ESOP;
}

/* --- STFLE ---------------------------------------------------------------------------------- */

/* The facility list in a guest's state description. NULL: this is the host, or KVM set none. */
static const uint8_t *guest_list(regs_t *regs, unsigned doublewords)
{
	const uint8_t *description = regs_pointer(regs, REGS_SIEBK);
	uint32_t address;

	if (!(regs[REGS_SIE] & SIE_MODE))
		return NULL;
	address = big32(description + SIEBK_FAC) & SIEBK_FAC_ADDRESS;
	if (!address)
		return NULL;
	return absolute(regs_pointer(regs, REGS_HOSTREGS), address, doublewords * 8);
}

/*
 * Stores a doubleword where @stfle stores its doubleword @index: by Hercules' STG with the same
 * base and a displacement of 20 bits, so that addressing, access registers and keys are those of
 * the guest. The register that STG takes the value from is another one than the base. It is put
 * back, as are the address and the length of the instruction. STG cannot fail here, because the
 * caller has just stored there in the same instruction, and so no register of the guest can be
 * lost.
 */
static void store_doubleword(const uint8_t *stfle, regs_t *regs, unsigned index, uint64_t value)
{
	unsigned base = stfle[2] >> 4, from = base == 1 ? 2 : 1;
	unsigned displacement = ((stfle[2] & 15u) << 8 | stfle[3]) + 8 * index;
	uint8_t stg[8] = { 0xe3,
			   (uint8_t)(from << 4),
			   (uint8_t)(base << 4 | (displacement >> 8 & 15)),
			   (uint8_t)displacement,
			   (uint8_t)(displacement >> 12),
			   0x24 };
	uint64_t saved = *general(regs, from), next = *regs_u64(regs, REGS_IP);
	uint8_t length = regs[REGS_ILC];

	*general(regs, from) = value;
	z900_store_long(stg, regs);
	*general(regs, from) = saved;
	*regs_u64(regs, REGS_IP) = next;
	regs[REGS_ILC] = length;
}

/*
 * Hercules' own STFLE does all checks, sets register 0 and the condition code, and stores the
 * host's list. The guest's list has as many doublewords, and is stored over it.
 */
static void store_facility_list_extended(uint8_t *bytes, regs_t *regs)
{
	unsigned asked = (uint8_t)*general(regs, 0) + 1u, have, i;
	const uint8_t *list;

	z900_store_facility_list_extended(bytes, regs);
	have = (uint8_t)*general(regs, 0) + 1u;
	list = guest_list(regs, have);
	for (i = 0; list && i < asked && i < have; i++)
		store_doubleword(bytes, regs, i, big64(list + 8 * i));
}

/* --- PTF ------------------------------------------------------------------------------------ */

static uint8_t *utility(regs_t *regs)
{
	const uint8_t *description = regs_pointer(regs, REGS_SIEBK);
	uint64_t area = (uint64_t)big32(description + SIEBK_SCA_HIGH) << 32 |
			big32(description + SIEBK_SCA_LOW);

	return absolute(regs_pointer(regs, REGS_HOSTREGS), (area & SIEBK_SCA_ADDRESS) + SCA_UTILITY,
			1);
}

/* The answer takes the report away. KVM sets it in the same byte. */
static void perform_topology_function(uint8_t *bytes, regs_t *regs)
{
	const uint8_t *description = regs_pointer(regs, REGS_SIEBK);
	uint8_t *report;

	if (!(regs[REGS_SIE] & SIE_MODE) || (regs[REGS_STATES] & REGS_PROBLEM) ||
	    !(description[SIEBK_ECB] & SIEBK_ECB_PTF) ||
	    *general(regs, bytes[3] >> 4) != PTF_CHECK || !(report = utility(regs))) {
		z900_perform_topology_function(bytes, regs);
		return;
	}
	regs[REGS_CC] =
		!!(__atomic_fetch_and(report, (uint8_t)~SCA_UTILITY_CHANGED, __ATOMIC_SEQ_CST) &
		   SCA_UTILITY_CHANGED);
	*regs_u64(regs, REGS_IP) += 4;
	regs[REGS_ILC] = 4;
}

/* --- loading --------------------------------------------------------------------------------- */

/* The names are those that Hercules' dyninst looks for. */
static const struct {
	char name[32];
	instruction *function;
} instructions[] = {
	{ "z900_dyninst_opcode_B9A0", zpci }, /* CLP */
	{ "z900_dyninst_opcode_B9D0", zpci }, /* PCISTG */
	{ "z900_dyninst_opcode_B9D2", zpci }, /* PCILG */
	{ "z900_dyninst_opcode_B9D3", zpci }, /* RPCIT */
	{ "z900_dyninst_opcode_B9D4", zpci }, /* PCISTGI */
	{ "z900_dyninst_opcode_B9D5", zpci }, /* PCIWB */
	{ "z900_dyninst_opcode_B9D6", zpci }, /* PCILGI */
	{ "z900_dyninst_opcode_E3D0", zpci }, /* MPCIFC */
	{ "z900_dyninst_opcode_E3D4", zpci }, /* STPCIFC */
	{ "z900_dyninst_opcode_EBD0", zpci }, /* PCISTB */
	{ "z900_dyninst_opcode_EBD1", zpci }, /* SIC */
	{ "z900_dyninst_opcode_EBD4", zpci }, /* PCISTBI */
	{ "z900_dyninst_opcode_B9A2", perform_topology_function },
	{ "z900_dyninst_opcode_B220", service_call },
	{ "z900_dyninst_opcode_B2B0", store_facility_list_extended },
};

int hdl_depc(int (*check)(char *name, char *version, int size));
EXPORTED void hdl_init(int (*add)(char *name, void *function));

/* Hercules asks whether the module fits. @check compares, and prints what differs. */
int hdl_depc(int (*check)(char *name, char *version, int size))
{
	int version = check("HERCULES", "3.13", sizeof("3.13"));
	int layout = check("REGS", "3.08", REGS_SIZE);

	if (!version && !layout)
		return 0;
	logmsg("zpci: this module is for Hercules 3.13 as Debian 12 and 13 build it for amd64, and this "
	       "is another one: install the package hercules of Debian\n");
	return 1;
}

void hdl_init(int (*add)(char *name, void *function))
{
	unsigned i;

	for (i = 0; i < sizeof(instructions) / sizeof(instructions[0]); i++)
		add((char *)instructions[i].name, (void *)instructions[i].function);
	logmsg("zpci: module loaded\n");
}
