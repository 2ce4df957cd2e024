// SPDX-License-Identifier: LGPL-2.1-or-later
#include <zpci/profile.h>

#include <string.h>

static const struct zpci_named_profile profiles[] = {
	{ "lpar",
	  "LPAR firmware: IDs and BARs emulated, no Memory bit, vfn published",
	  { .ids = true,
	    .bars = true,
	    .publish_vfn = true,
	    .command_memory = ZPCI_COMMAND_MEMORY_ABSENT } },
	{ "vfio",
	  "a hypervisor that emulates the Memory bit as well",
	  { .ids = true,
	    .bars = true,
	    .publish_vfn = true,
	    .command_memory = ZPCI_COMMAND_MEMORY_ON } },
	{ "silent",
	  "a layer that hides vfn and has no Memory bit: breaks a guest's vfio",
	  { .ids = true,
	    .bars = true,
	    .publish_vfn = false,
	    .command_memory = ZPCI_COMMAND_MEMORY_ABSENT } },
	{ "plain",
	  "a function that is not a VF, such as QEMU's emulated ones",
	  { .ids = true,
	    .bars = true,
	    .publish_vfn = false,
	    .command_memory = ZPCI_COMMAND_MEMORY_OFF } },
	{ "raw",
	  "no emulation: the VF as hardware shows it",
	  { .ids = false,
	    .bars = false,
	    .publish_vfn = true,
	    .command_memory = ZPCI_COMMAND_MEMORY_ABSENT } },
};

#define PROFILES (sizeof(profiles) / sizeof(profiles[0]))

const struct zpci_named_profile *zpci_profile_get(unsigned index)
{
	return index < PROFILES ? &profiles[index] : NULL;
}

const struct zpci_named_profile *zpci_profile_find(const char *name)
{
	for (unsigned i = 0; i < PROFILES; i++)
		if (strcmp(profiles[i].name, name) == 0)
			return &profiles[i];
	return NULL;
}

const char *zpci_profile_name(const struct zpci_profile *profile)
{
	for (unsigned i = 0; i < PROFILES; i++) {
		const struct zpci_profile *named = &profiles[i].profile;

		if (named->ids == profile->ids && named->bars == profile->bars &&
		    named->publish_vfn == profile->publish_vfn &&
		    named->command_memory == profile->command_memory)
			return profiles[i].name;
	}
	return "custom";
}

const char *zpci_command_memory_name(enum zpci_command_memory command_memory)
{
	switch (command_memory) {
	case ZPCI_COMMAND_MEMORY_ABSENT:
		return "absent";
	case ZPCI_COMMAND_MEMORY_OFF:
		return "off";
	case ZPCI_COMMAND_MEMORY_ON:
		return "on";
	}
	return "unknown";
}
