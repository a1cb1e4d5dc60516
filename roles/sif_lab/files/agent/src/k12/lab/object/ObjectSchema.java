// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.object;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The element and attribute names that the provided objects may have, in the order of the
 * specification; an excerpt of SIF 2.x (US), with the 1.x names beside them.
 */
final class ObjectSchema {
    private static final String PERSON = "LocalId StateProvinceId StatePrId ElectronicIdList OtherIdList OtherId Name"
            + " OtherNames Demographics AddressList StudentAddress Address PhoneNumberList PhoneNumber EmailList Email";
    private static final String END = " SIF_Metadata SIF_ExtendedElements";
    private static final String CODE = "Code OtherCodeList";
    private static final String[] TABLE = {
        "SchoolInfo: @RefId LocalId StateProvinceId StatePrId NCESId SchoolName LEAInfoRefId OtherLEA SchoolType"
            + " SchoolFocusList SchoolURL PrincipalInfo SchoolContactList AddressList Address PhoneNumberList"
            + " PhoneNumber SessionType GradeLevels Title1Status OperationalStatus OtherIdList" + END,
        "StudentPersonal: @RefId AlertMessageList MedicalAlertMessageList " + PERSON + " OnTimeGraduationYear"
            + " GraduationDate ProjectedGraduationYear GradYear MostRecent GiftedTalented EconomicDisadvantage ESL"
            + " ESLDateAssessed YoungParent Homeless" + END,
        "StudentSchoolEnrollment: @RefId @StudentPersonalRefId @SchoolInfoRefId @MembershipType @TimeFrame @SchoolYear"
            + " EntryDate EntryType GradeLevel Homeroom Advisor Counselor FTE FTPTStatus ResidencyStatus"
            + " NonResidentAttendReason ExitDate ExitStatus ExitType PromotionInfo CatchmentStatus"
            + " IndividualLearningPlan" + END,
        "StaffPersonal: @RefId " + PERSON + " Title EmploymentStatus EmployeePersonalRefId MostRecent" + END,
        "Name: @Type Prefix LastName FirstName MiddleName Suffix PreferredName SortName FullName",
        "PrincipalInfo: ContactName ContactTitle",
        "SchoolContactList: SchoolContact",
        "SchoolContact: @PublishInDirectory ContactInfo",
        "ContactInfo: Name PositionTitle Role Address EmailList PhoneNumberList",
        "OtherNames: Name",
        "Demographics: RaceList HispanicLatino Gender BirthDate BirthDateVerification PlaceOfBirth CountyOfBirth"
            + " StateOfBirth CountryOfBirth CountryArrivalDate CitizenshipStatus EnglishProficiency LanguageList"
            + " Language DwellingArrangement MaritalStatus Ethnicity",
        "RaceList: Race",
        "Race: " + CODE,
        "EnglishProficiency: " + CODE,
        "Ethnicity: @Type @Code",
        "LanguageList: Language",
        "Language: @Type @Code " + CODE + " LanguageType Dialect",
        "AddressList: Address",
        "StudentAddress: @PickupOrDropoff @DayOfWeek Address",
        "Address: @Type @Role Street City County StatePr StateProvince Country PostalCode GridLocation",
        "Street: Line1 Line2 Line3 Complex StreetNumber StreetPrefix StreetName StreetType StreetSuffix ApartmentType"
            + " ApartmentNumber",
        "StatePr: @Code",
        "Country: @Code",
        "PhoneNumberList: PhoneNumber",
        "PhoneNumber: @Type @Format Number Extension ListedStatus",
        "EmailList: Email",
        "Email: @Type",
        "ElectronicIdList: ElectronicId",
        "ElectronicId: @Type",
        "OtherIdList: OtherId",
        "OtherId: @Type",
        "OtherCodeList: OtherCode",
        "OtherCode: @Codeset",
        "GradeLevels: GradeLevel",
        "GradeLevel: " + CODE,
        "EntryType: " + CODE,
        "ExitType: " + CODE,
        "ExitStatus: " + CODE,
        "SchoolFocusList: SchoolFocus",
        "MostRecent: SchoolLocalId SchoolLocalIdList HomeroomLocalId GradeLevel MembershipType FFCodeList",
        "SIF_ExtendedElements: SIF_ExtendedElement",
        "SIF_ExtendedElement: @Name @xsi:type @SIF_Action",
        "SIF_Metadata: TimeElements LifeCycle EducationFilter",
    };
    private static final Map<String, List<String>> CHILDREN = new HashMap<>();

    static {
        for (String line : TABLE) {
            int colon = line.indexOf(": ");
            CHILDREN.put(line.substring(0, colon), Arrays.asList(line.substring(colon + 2).split(" ")));
        }
    }

    private ObjectSchema() {
    }

    static boolean allows(String parent, String child) {
        return CHILDREN.getOrDefault(parent, List.of()).contains(child);
    }

    /** Where a child stands among its siblings; unknown ones come last. */
    static int position(String parent, String child) {
        int index = CHILDREN.getOrDefault(parent, List.of()).indexOf(child);
        return index < 0 ? Integer.MAX_VALUE : index;
    }
}
