namespace NemotronSharp.Training.Data.Tasks;

/// <summary>Things, animals, food, and how they are.</summary>
internal static partial class Words
{
    public static string[] Things { get; } = Of("""
        apple bread milk cheese rice tea coffee sugar salt butter egg cake soup fish meat lamp chair table bed door window book pen paper phone clock bag box cup plate
        knife spoon car bike bus train boat plane house garden tree flower river lake hill stone sand snow rain cloud sun moon star dog cat bird horse cow sheep mouse
        hat coat shoe shirt ring key coin card ball drum piano guitar song story letter map camera mirror bottle basket bridge tower castle candle pillow blanket ladder
        hammer nail rope wheel engine rocket robot
        anchor arrow axe badge balloon bandage banner barrel battery bell belt bench bicycle bolt bone boot bowl bracelet branch brick broom brush bucket button cabin cable
        cage canoe canvas cap carpet cart chain chalk chest chisel cloth coal collar comb compass cord crate crayon crown curtain cushion desk diary dice doll drawer dress
        drill envelope fan feather fence file flag flask flute folder fork fountain frame funnel gate gear glass globe glove glue harp helmet hinge hook horn hose jacket jar
        jewel jug kettle kite lace leaf lens lever lid lock locket log magnet marble mask mat medal microphone mug napkin necklace needle net notebook oar oven paddle pan
        parcel peg pencil pipe pistol pitcher plank plug pocket pot pump puppet purse puzzle quilt radio rake razor ribbon rifle rug ruler saddle sail saucer saw scale scarf
        scissors screw seed shelf shell shield shovel sieve sink skate sled soap sofa spade spear sponge stamp stick stool stove string suitcase sword telescope tent thimble
        thread ticket tie tile torch towel toy tray trumpet trunk tube umbrella vase vest violin wagon wallet watch whistle wire wrench zipper
        """);

    /// <summary>Countable things as the word problems say them.</summary>
    public static string[] Plurals { get; } = Of("""
        apples books pens coins cards stamps balls cups eggs shells toys keys stones cakes birds hats shoes flowers fish cats marbles stickers pencils cookies oranges pears plums
        nuts buttons boxes bottles candles photos letters tickets chairs lamps plates spoons bricks seeds roses trees carrots potatoes lemons melons cherries peaches bananas
        sandwiches muffins rolls beads ribbons kites dolls puzzles badges medals magnets crayons notebooks postcards balloons feathers leaves pebbles scarves socks gloves bells
        """);

    public static string[] Animals { get; } = Of("""
        dog cat horse cow sheep goat pig hen duck goose rabbit mouse parrot turtle hamster pony donkey fox bear wolf deer owl frog snake lion tiger camel monkey elephant
        penguin seal whale eagle swan raven otter hedgehog squirrel beaver lizard canary
        """);

    public static string[] Foods { get; } = List("""
        pizza, soup, salad, pasta, bread, cake, pie, curry, rice, noodles, tacos, pancakes, cookies, stew, burgers, dumplings, cheese, chocolate, apples, grapes, mushrooms, fish, honey,
        ice cream, roast beef, fried rice, apple pie, tomato soup, potato salad, lemon cake, garlic bread, bean stew, fish soup, plum jam, cheese rolls, onion rings, oat biscuits, lamb chops
        """);

    public static string[] Drinks { get; } = List("tea, coffee, milk, water, lemonade, apple juice, orange juice, hot chocolate, green tea, mint tea, cold milk, ginger ale, tomato juice, black coffee");

    public static string[] Adjectives { get; } = Of("""
        red blue green yellow black white brown pink orange purple gray big small old new long short warm cold soft hard round flat heavy light quiet loud fast slow clean
        tall thin thick wide narrow deep high low bright dark dry wet rough smooth sharp broken empty full open rusty dusty shiny golden silver wooden iron tiny huge strong
        strange plain pretty lovely famous secret modern ancient royal local square crooked painted folded polished cracked faded striped spotted tidy cheap costly rare common simple
        useful funny magic foreign handmade odd neat
        """);

    public static string[] Moods { get; } = Of("happy sad calm angry brave shy kind proud lazy busy tired hungry thirsty nervous afraid glad excited bored lonely cheerful worried surprised ill");

    public static string[] Weathers { get; } = Of("cold warm wet dry windy sunny rainy foggy cloudy stormy icy hot mild snowy gray");

    public static string[] Colors { get; } = Of("red blue green yellow black white brown pink orange purple gray golden silver violet turquoise crimson beige ivory maroon indigo");

    public static string[] Professions { get; } = List("""
        baker, doctor, nurse, teacher, farmer, pilot, sailor, painter, singer, writer, cook, waiter, driver, tailor, carpenter, plumber, gardener, lawyer, judge, clerk, banker, butcher,
        barber, miner, soldier, dentist, vet, engineer, musician, dancer, actor, poet, postman, librarian, mechanic, electrician, fisherman, shepherd, photographer, journalist,
        bus driver, train driver, school teacher, police officer, fire fighter, tour guide, truck driver, watch maker, glass blower, book seller, music teacher, ship captain
        """);

    public static string[] Hobbies { get; } = List("""
        chess, football, tennis, painting, reading, cooking, swimming, dancing, singing, hiking, fishing, sailing, knitting, gardening, skiing, running, riding, drawing, climbing, cycling,
        bird watching, playing the piano, playing the drums, playing cards, collecting stamps, collecting coins, flying kites, baking bread, growing roses, telling stories
        """);

    public static string[] Vehicles { get; } = List("bus, train, car, bike, boat, plane, taxi, tram, ferry, van, truck, wagon, night train, ship, sled, motorbike");
}
