"""Kinds of English documents kept for the half that is opened once, each with the fields that are asked of it."""

from __future__ import annotations

from kinds_facts import Facts, Made, Pair

HOTEL_BILL = (
    ("guest_name", "string", "Guest"),
    ("room_number", "string", "Room"),
    ("arrival", "date", "Date of arrival"),
    ("departure", "date", "Date of departure"),
    ("folio_number", "string", "Folio or bill number"),
    ("nights", "number", "Number of nights"),
    ("hotel", "string", "Name of the hotel"),
    ("phone", "string", "Telephone of the hotel"),
    ("website", "string", "Website of the hotel"),
    ("room_charge", "number", "Charge for the room"),
    ("city_tax", "number", "City tax"),
    ("total", "number", "Total of the bill"),
    ("iban", "string", "IBAN"),
    ("discount", "number", "Discount"),
)


def hotel_bill(facts: Facts) -> Made:
    nights, rate, tax = facts.chance.randint(1, 6), facts.amount(70, 260), facts.amount(3, 25)
    words = ("Hotel", "The"), ("Marisol", "Grand Alder", "Beacon"), ("Inn", "House", "Suites")
    hotel = " ".join(facts.pick(*some) for some in words)
    phone, site = facts.phone(), "www.staywell.example.com"
    return Made(
        title=facts.pick("Guest folio", "Hotel bill", "Information invoice"),
        head=(hotel, facts.street(), f"Tel. {phone}", site),
        groups=(
            (
                Pair("guest_name", ("Guest", "Guest name", "Name"), facts.person()),
                Pair("room_number", ("Room", "Room no."), facts.digits(3, "4")),
                Pair("folio_number", ("Folio no.", "Bill no.", "Folio"), facts.digits(6)),
                facts.dated("arrival", ("Arrival", "Check-in", "Arrival date"), 0),
                facts.dated("departure", ("Departure", "Check-out", "Departure date"), nights),
                Pair("nights", ("Nights", "No. of nights"), str(nights), optional=True),
            ),
        ),
        heads=("Date", "Description", "Charges"),
        rows=tuple((facts.day(at)[0], "Accommodation", f"{rate}") for at in range(nights)),
        sums=(
            Pair("room_charge", ("Room charge", "Accommodation total"), f"{rate * nights}"),
            Pair("city_tax", ("City tax", "Tourist tax"), f"{tax}"),
            Pair(
                "total", ("Total", "Balance due", "Total charges"), f"€ {rate * nights + tax}", str(rate * nights + tax)
            ),
        ),
        unlabelled={"hotel": hotel, "phone": phone, "website": site},
    )


INSURANCE = (
    ("policy_number", "string", "Number of the policy"),
    ("insured", "string", "Name of the insured"),
    ("insurer", "string", "Insurance company"),
    ("start_date", "date", "Cover starts"),
    ("end_date", "date", "Cover ends"),
    ("sum_insured", "number", "Sum insured"),
    ("deductible", "number", "Deductible"),
    ("premium", "number", "Premium"),
    ("vehicle", "string", "Insured vehicle"),
    ("registration_number", "string", "Registration mark of the vehicle"),
    ("issue_date", "date", "Date of issue"),
    ("invoice_number", "string", "Invoice number"),
    ("iban", "string", "IBAN"),
)


def insurance(facts: Facts) -> Made:
    start, end = facts.day(7), facts.day(371)
    cover = facts.chance.randint(20, 900) * 1000
    return Made(
        title=facts.pick("Certificate of insurance", "Insurance certificate"),
        head=("Meridian Mutual Insurance", facts.street()),
        groups=(
            (
                Pair(
                    "policy_number",
                    ("Policy number", "Policy no.", "Certificate no."),
                    f"{facts.pick('MM', 'KP')}-{facts.digits(4)}-{facts.digits(3)}",
                ),
                Pair("insured", ("Insured", "Policyholder", "Name of insured"), facts.person()),
                Pair("", ("Address",), facts.street()),
                facts.dated("issue_date", ("Date of issue", "Issued on", "Issue date"), optional=True),
            ),
            (
                Pair(
                    "vehicle",
                    ("Vehicle", "Make and model"),
                    facts.pick("Norden Estate 2.0", "Civa Compact", "Aurel Van L2"),
                ),
                Pair(
                    "registration_number",
                    ("Registration no.", "Registration mark"),
                    f"KM{facts.digits(2)} {facts.pick('XTR', 'BDL')}",
                ),
                facts.chance.choice(
                    (
                        Pair("start_date", ("Effective from", "Start date", "Cover begins"), *start),
                        Pair("start_date", ("Valid from",), *start),
                    )
                ),
                Pair("end_date", ("Valid until", "Expiry date", "Cover ends"), *end),
                Pair("sum_insured", ("Sum insured", "Limit of liability"), f"${cover:,}", str(cover)),
                Pair("deductible", ("Deductible", "Excess"), f"${facts.pick('250', '500', '1,000')}", optional=True),
                Pair("premium", ("Annual premium", "Premium", "Total premium"), f"${facts.amount(180, 1200)}"),
            ),
        ),
        unlabelled={"insurer": "Meridian Mutual Insurance"},
    )


WAYBILL = (
    ("waybill_number", "string", "Number of the waybill"),
    ("ship_date", "date", "Date of shipment"),
    ("shipper", "string", "Sender"),
    ("consignee", "string", "Recipient"),
    ("origin", "string", "Origin"),
    ("destination", "string", "Destination"),
    ("pieces", "number", "Number of pieces"),
    ("gross_weight", "number", "Gross weight in kg"),
    ("declared_value", "number", "Declared value"),
    ("freight", "number", "Freight charge"),
    ("dangerous_goods", "boolean", "Dangerous goods"),
    ("carrier", "string", "Carrier"),
    ("due_date", "date", "Payment due date"),
    ("tax", "number", "Tax"),
)


def waybill(facts: Facts) -> Made:
    dangerous = facts.chance.random() < 0.4
    return Made(
        title=facts.pick("AIR WAYBILL", "Consignment note", "Waybill"),
        head=("Kestrel Logistics", f"Phone: {facts.phone()}"),
        groups=(
            (
                Pair(
                    "waybill_number",
                    ("Waybill no.", "AWB number", "Consignment no."),
                    f"{facts.digits(3, '1')}-{facts.digits(8)}",
                ),
                facts.dated("ship_date", ("Ship date", "Date shipped", "Date")),
                Pair("shipper", ("Shipper", "Sender", "Consignor"), facts.firm()),
                Pair("consignee", ("Consignee", "Receiver", "Deliver to"), facts.firm()),
                Pair("origin", ("Origin", "From", "Airport of departure"), facts.pick("Kelmouth", "Fairhaven")),
                Pair("destination", ("Destination", "To", "Airport of destination"), facts.pick("Marlow", "Abbotsley")),
            ),
            (
                Pair("pieces", ("Pieces", "No. of pieces", "Packages"), str(facts.chance.randint(1, 40))),
                Pair("gross_weight", ("Gross weight (kg)", "Gross weight", "Weight"), f"{facts.amount(2, 900)}"),
                Pair("", ("Chargeable weight",), f"{facts.amount(900, 950)}"),
                Pair(
                    "declared_value",
                    ("Declared value", "Value for customs"),
                    f"USD {facts.chance.randint(100, 9000)}.00",
                    optional=True,
                ),
                Pair(
                    "dangerous_goods",
                    ("Dangerous goods", "Dangerous goods?"),
                    facts.ticked(dangerous, ("Yes", "No")),
                    str(dangerous).lower(),
                ),
                Pair("freight", ("Freight", "Freight charges"), f"{facts.amount(30, 700)}"),
            ),
        ),
        unlabelled={"carrier": "Kestrel Logistics"},
    )


RENTAL = (
    ("agreement_number", "string", "Number of the rental agreement"),
    ("renter", "string", "Renter"),
    ("driving_licence", "string", "Driving licence number"),
    ("pickup_date", "date", "Day of pick-up"),
    ("return_date", "date", "Day of return"),
    ("vehicle_model", "string", "Model of the car"),
    ("mileage_out", "number", "Mileage at pick-up"),
    ("daily_rate", "number", "Rate a day"),
    ("deposit", "number", "Deposit"),
    ("total_charge", "number", "Total charge"),
    ("email", "string", "E-mail of the renter"),
    ("company", "string", "Rental company"),
    ("passport_number", "string", "Passport number"),
    ("due_date", "date", "Due date"),
)


def rental(facts: Facts) -> Made:
    person, days, rate = facts.person(), facts.chance.randint(2, 9), facts.amount(30, 90)
    return Made(
        title=facts.pick("Rental agreement", "Car rental receipt"),
        head=("Harbour Car Hire Ltd", facts.street(), "desk@harbourhire.example"),
        groups=(
            (
                Pair(
                    "agreement_number", ("Agreement no.", "Rental agreement no.", "RA number"), f"RA{facts.digits(6)}"
                ),
                Pair("renter", ("Renter", "Hirer", "Driver"), person),
                Pair(
                    "driving_licence",
                    ("Driving licence", "Licence no.", "Driver's license"),
                    f"{facts.digits(3)}{facts.pick('XK', 'PL')}{facts.digits(5)}",
                ),
                Pair("email", ("Email", "E-mail"), f"{person.split()[1].lower()}@mailbox.example", optional=True),
            ),
            (
                Pair("vehicle_model", ("Vehicle", "Model", "Car"), facts.pick("Civa Compact", "Norden Estate")),
                facts.dated("pickup_date", ("Pick-up", "Date out", "Pick-up date")),
                facts.dated("return_date", ("Return", "Date in", "Return date"), days),
                Pair("mileage_out", ("Mileage out", "Odometer out"), str(facts.chance.randint(900, 80000))),
            ),
        ),
        sums=(
            Pair("daily_rate", ("Daily rate", "Rate per day"), f"{rate}"),
            Pair("", ("Insurance",), "18.00"),
            Pair("deposit", ("Deposit", "Deposit paid"), "150.00", optional=True),
            Pair("total_charge", ("Total charge", "Total", "Total due"), f"£{rate * days + 18}", str(rate * days + 18)),
        ),
        unlabelled={"company": "Harbour Car Hire Ltd"},
    )


KINDS = {
    "hotel_bill": ("en", HOTEL_BILL, hotel_bill),
    "insurance": ("en", INSURANCE, insurance),
    "waybill": ("en", WAYBILL, waybill),
    "rental": ("en", RENTAL, rental),
}
